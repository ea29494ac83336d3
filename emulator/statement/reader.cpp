#include "emulator/statement/reader.hpp"

#include <utility>

namespace emulator {
namespace {

// What a result weighs besides its text, roughly: a few names in short vectors.
constexpr std::size_t bytes_per_result = 1024;

}  // namespace

Reader::Result Reader::find(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (const auto it = young_.find(text); it != young_.end()) return it->second;
  if (const auto it = old_.find(text); it != old_.end()) return it->second;
  return nullptr;
}

void Reader::keep(const std::string& text, Result result) {
  Cache forgotten;  // destroyed after the lock is gone
  const std::lock_guard lock(mutex_);
  young_bytes_ += 2 * text.size() + bytes_per_result;
  if (young_bytes_ > cache_bytes_ / 2) {
    forgotten = std::exchange(old_, std::exchange(young_, {}));
    young_bytes_ = 0;
  }
  young_.emplace(text, std::move(result));
}

Reader::Result Reader::read(std::string_view text) {
  const std::string key(text);
  if (auto known = find(key)) return known;
  auto parsed = std::make_shared<const Parsed>(parse(text));
  keep(key, parsed);
  return parsed;
}

}  // namespace emulator
