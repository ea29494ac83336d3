// How often a connection may be opened: a token bucket, this instance's share of what the cluster
// admits (100 per second, burst 1,000; facts/dsql.md §4). Pure: the clock's readings are
// parameters. In any window of w seconds at most burst + rate * w connects are allowed, from the
// first second on. SharedConnectBudget is the same for all threads of the process.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace occam::pool {

class ConnectBudget {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Both at least 1.
  ConnectBudget(std::uint32_t per_second, std::uint32_t burst);

  // Takes one connect; false: none is left.
  bool take(TimePoint now);
  // When take will succeed if nobody else takes: `now`, or later.
  TimePoint next(TimePoint now) const;

 private:
  // The bucket as a clock: when it will be full again. Whole nanoseconds, so nothing is lost or
  // won by rounding ("Generic Cell Rate Algorithm", ITU-T I.371).
  std::chrono::nanoseconds interval_;
  std::chrono::nanoseconds depth_;
  TimePoint full_at_{};
};

class SharedConnectBudget {
 public:
  using TimePoint = ConnectBudget::TimePoint;

  SharedConnectBudget(std::uint32_t per_second, std::uint32_t burst) : budget_(per_second, burst) {}

  bool take(TimePoint now) {
    const std::lock_guard lock(mutex_);
    return budget_.take(now);
  }
  TimePoint next(TimePoint now) {
    const std::lock_guard lock(mutex_);
    return budget_.next(now);
  }

 private:
  std::mutex mutex_;
  ConnectBudget budget_;
};

}  // namespace occam::pool
