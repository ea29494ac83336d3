// How long and how often to try again after meeting another session's probe: at once, then after a
// random pause that grows. The only clock and randomness of the emulator's sessions.
#pragma once

#include <chrono>
#include <random>
#include <thread>

namespace emulator {

class Patience {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Patience(std::chrono::milliseconds limit) : end_(Clock::now() + limit) {}

  // False once the time is over; the first time it returns at once.
  bool again() {
    if (Clock::now() > end_) return false;
    if (tries_++ == 0) return true;
    static thread_local std::minstd_rand random{std::random_device{}()};
    const int most = 500 << (tries_ < 6 ? tries_ : 6);
    std::this_thread::sleep_for(
        std::chrono::microseconds(std::uniform_int_distribution<int>(0, most)(random)));
    return true;
  }
  int tries() const { return tries_; }

 private:
  Clock::time_point end_;
  int tries_ = 0;
};

}  // namespace emulator
