// The keys with which clients cancel. They are Occam's own, since one client's session may use
// several upstream connections in turn. Knows no session: a key leads to a call that its owner
// gave, which must only post to the owner's thread. Thread-safe; touched at a session's start and
// end and by a CancelRequest, never in between.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <random>
#include <unordered_map>

#include "proxy/wire/backend.hpp"

namespace occam {

class CancelKeys {
 public:
  // A key that no living session has.
  wire::backend::BackendKeyData issue(std::function<void()> on_cancel);
  void revoke(wire::backend::BackendKeyData key);
  // Calls the owner of the key; nothing happens for a wrong one.
  void cancel(wire::backend::BackendKeyData key);

 private:
  struct Entry {
    std::int32_t secret;
    std::function<void()> on_cancel;
  };
  std::mutex mutex_;
  std::random_device random_;
  std::int32_t last_ = 0;
  std::unordered_map<std::int32_t, Entry> entries_;  // by process id
};

}  // namespace occam
