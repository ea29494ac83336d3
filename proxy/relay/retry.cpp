#include "proxy/relay/retry.hpp"

#include <algorithm>

namespace occam::relay {

std::optional<std::chrono::microseconds> Backoff::next(std::uint32_t repetition,
                                                       std::chrono::microseconds elapsed) {
  if (repetition >= policy_.attempts) return std::nullopt;
  auto ceiling = policy_.backoff_first;
  for (std::uint32_t i = 1; i < repetition && ceiling < policy_.backoff_cap; ++i) ceiling *= 2;
  ceiling = std::min(ceiling, policy_.backoff_cap);
  const auto range = static_cast<std::uint64_t>(ceiling.count()) + 1;
  const std::chrono::microseconds pause(random() % range);
  if (elapsed + pause > policy_.elapsed) return std::nullopt;
  return pause;
}

// splitmix64 (Steele, Lea, Flood 2014): one word of state, good enough to spread sessions.
std::uint64_t Backoff::random() {
  auto z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

std::optional<ConflictKind> conflict_of(const wire::backend::Error& error) {
  if (error.code == "40001") {
    if (error.message.find("OC000") != std::string_view::npos) return ConflictKind::data;
    if (error.message.find("OC001") != std::string_view::npos) return ConflictKind::schema;
    return ConflictKind::other;
  }
  if (error.code == "XX000" && error.message == "server unavailable") {
    return ConflictKind::unavailable;
  }
  return std::nullopt;
}

bool resets_pool(const wire::backend::Error& error) {
  return error.code == "25006" || error.code == "57P03" ||
         (error.code == "0A000" &&
          error.message == "cannot set transaction read-write mode during recovery");
}

}  // namespace occam::relay
