#include "emulator/judge/docket.hpp"

#include "emulator/judge/judge.hpp"

namespace emulator {

void Docket::join(Judge& judge) {
  const std::lock_guard lock(mutex_);
  judges_.insert(&judge);
}

void Docket::leave(Judge& judge) {
  const std::lock_guard lock(mutex_);
  judges_.erase(&judge);
}

void Docket::ask_to_yield(const Judge& asking) {
  const std::lock_guard lock(mutex_);
  for (auto* judge : judges_)
    if (judge != &asking) judge->ask_to_yield();
}

}  // namespace emulator
