#include "emulator/rules/dialect.hpp"

#include <algorithm>
#include <cctype>

namespace emulator {

std::optional<Dialect> dialect_named(std::string_view word) {
  if (word == "2025") return dialect_2025;
  if (word == "2026-08") return dialect_2026_08;
  if (word == "current") return dialect_current;
  if (word.size() != 10 || word[4] != '-' || word[7] != '-') return std::nullopt;
  int day = 0;
  for (const char c : word) {
    if (c == '-') continue;
    if (c < '0' || c > '9') return std::nullopt;
    day = day * 10 + (c - '0');
  }
  const int month = day / 100 % 100;
  const bool real = month >= 1 && month <= 12 && day % 100 >= 1 && day % 100 <= 31;
  return real ? std::optional(Dialect{day}) : std::nullopt;
}

}  // namespace emulator
