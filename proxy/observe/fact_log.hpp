// Which facts become log lines: a rewritten or refused text once per text, an
// ignored setting once per parameter, a series of conflicts
// that the client had to see each time. Remembers hashes of the texts it has shown, bounded.
// Thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "proxy/relay/fact.hpp"

namespace occam::observe {

class FactLog {
 public:
  void write(const relay::Fact& fact);
  // A start-up parameter that was left out.
  void ignored_at_startup(const std::string& parameter);

 private:
  bool first_time(std::string_view text);
  void on(const rewriter::Change& change, const rewriter::Rewrite& rewrite);
  void on(const relay::Rewritten& fact);
  void on(const relay::Refused& fact);
  void on(const relay::Decided& fact);
  void on(const relay::LimitNear& fact);
  void on(const relay::LimitMet& fact);
  template <class Silent>
  void on(const Silent&) {}

  std::mutex mutex_;
  std::unordered_set<std::size_t> shown_;
};

}  // namespace occam::observe
