#include "emulator/connect/quota.hpp"

#include <algorithm>

namespace emulator {

std::optional<Fatal> Quota::admit(Time now) {
  const std::lock_guard lock(mutex_);
  note(now);
  const std::chrono::duration<double> since = now - filled_.value_or(now);
  // A thread that asked the clock first may come second.
  if (since.count() >= 0) {
    tokens_ =
        std::min(limits_.connect_burst, tokens_ + since.count() * limits_.connects_per_second);
    filled_ = now;
  }
  // Which of the two is judged first is unrecorded (I).
  if (tokens_ < 1) return rate_exceeded();
  tokens_ -= 1;
  if (connected_ >= limits_.connections) return too_many_connections();
  ++connected_;
  return std::nullopt;
}

void Quota::release() {
  const std::lock_guard lock(mutex_);
  --connected_;
}

std::size_t Quota::most_in_a_second() const {
  const std::lock_guard lock(mutex_);
  return most_in_a_second_;
}

void Quota::note(Time now) {
  last_second_.push_back(now);
  while (now - last_second_.front() >= std::chrono::seconds(1)) last_second_.pop_front();
  most_in_a_second_ = std::max(most_in_a_second_, last_second_.size());
}

}  // namespace emulator
