// When to try again after failed connects: full jitter below a ceiling that doubles up to a cap
// (AWS Architecture Blog, "Exponential Backoff And Jitter"). Connects that were on their way
// together fail together and count once. Pure: the clock's readings and the random source are
// parameters.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace occam::pool {

class ConnectBackoff {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  ConnectBackoff(Duration first, Duration cap) : first_(first), cap_(cap), ceiling_(first) {}

  // `started` is when the connect began that failed now.
  void failed(TimePoint started, TimePoint now, std::mt19937_64& random);
  void succeeded();

  // The last one failed: one at a time is tried, from until() on.
  bool failing() const { return failing_; }
  TimePoint until() const { return until_; }

 private:
  Duration first_;
  Duration cap_;
  Duration ceiling_;
  bool failing_ = false;
  TimePoint last_{};
  TimePoint until_{};
};

}  // namespace occam::pool
