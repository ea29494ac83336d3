// Which of the clients' databases were seen to be there since one was last made or dropped. Until
// then a log-in that succeeded is proof enough. May be used from any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>

namespace occam {

class SeenDatabases {
 public:
  // Between two doubts: what was asked in one says nothing in the next.
  using Era = std::uint64_t;

  Era era() const {
    const std::lock_guard lock(mutex_);
    return era_;
  }
  bool holds(const std::string& database) const {
    const std::lock_guard lock(mutex_);
    return era_ == 0 || seen_.contains(database);
  }
  void saw(const std::string& database, Era asked_in) {
    const std::lock_guard lock(mutex_);
    if (asked_in == era_) seen_.insert(database);
  }
  // One was made or dropped.
  void doubt() {
    const std::lock_guard lock(mutex_);
    ++era_;
    seen_.clear();
  }

 private:
  mutable std::mutex mutex_;
  Era era_ = 0;
  std::set<std::string> seen_;
};

}  // namespace occam
