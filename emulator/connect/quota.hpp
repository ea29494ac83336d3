// How many clients may be connected at once and how fast they may come: a count and a token bucket
// (facts/dsql.md §2). Remembers how many came in the busiest second. Pure but for its lock: the
// time is told, never asked for. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "emulator/connect/fatal.hpp"

namespace emulator {

struct ConnectLimits {
  std::uint64_t connections = 10'000;  // at once
  double connects_per_second = 100;    // what the bucket gains
  double connect_burst = 1'000;        // what it holds, and holds at the start
};

class Quota {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Quota(ConnectLimits limits) : limits_(limits), tokens_(limits.connect_burst) {}

  // Nothing: the client is counted until release(). A refused client
  // takes a token only if there was one. Each thread asks the clock for itself, so times may
  // overtake each other a little.
  std::optional<Fatal> admit(Time now);
  void release();
  // Of all windows of one second: how many came, refused ones included.
  std::size_t most_in_a_second() const;

 private:
  void note(Time now);

  const ConnectLimits limits_;
  mutable std::mutex mutex_;
  double tokens_;
  std::uint64_t connected_ = 0;
  std::optional<Time> filled_;
  std::deque<Time> last_second_;
  std::size_t most_in_a_second_ = 0;
};

}  // namespace emulator
