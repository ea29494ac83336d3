// The keys with which clients cancel. They are Occam's own, since one client's session may use
// several upstream connections in turn. Knows no session: a key leads to its owner, who is called
// on the thread of whoever cancels. Thread-safe; touched at a session's start and end and by a
// CancelRequest, never in between.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <unordered_map>

#include "proxy/wire/backend.hpp"

namespace occam {

class CancelKeys {
 public:
  class Owner {
   public:
    // From any thread, while no key can be issued or revoked: it must only post to its own thread.
    virtual void on_cancel_key() = 0;

   protected:
    ~Owner() = default;
  };

  // A key that no living session has. Its owner revokes it before it ends.
  wire::backend::BackendKeyData issue(Owner& owner);
  void revoke(wire::backend::BackendKeyData key);
  // Calls the owner of the key; nothing happens for a wrong one.
  void cancel(wire::backend::BackendKeyData key);

 private:
  std::mutex mutex_;
  std::random_device random_;
  std::int32_t last_ = 0;
  std::unordered_map<std::uint64_t, Owner*> owners_;  // by process id and secret
};

}  // namespace occam
