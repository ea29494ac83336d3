// What may still be done in an open transaction, by what was done in it and how old it is
// (facts/dsql.md §2, §3.2). The clock is a parameter. Pure; one per session.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "emulator/rules/limits.hpp"
#include "emulator/statement/statement.hpp"

namespace emulator {

using TimePoint = std::chrono::steady_clock::time_point;

// The rows a CommandComplete tag names, and those it says were changed; 0 for none.
std::int64_t rows_told(std::string_view tag);
std::int64_t rows_changed(std::string_view tag);

class TransactionRules {
 public:
  explicit TransactionRules(const Limits& limits) : limits_(limits) {}

  // Explicit or implicit; ends the one before.
  void begin(TimePoint now);
  // Before a statement runs.
  std::optional<Refusal> objection(const Statement& statement, TimePoint now) const;
  // Before COMMIT.
  std::optional<Refusal> objection_to_commit(TimePoint now) const;
  // After it ran, with the tag it was answered with: too much by now?
  std::optional<Refusal> ran(const Statement& statement, std::string_view tag);

 private:
  std::optional<Refusal> too_old(TimePoint now) const;

  const Limits& limits_;
  TimePoint began_{};
  std::int64_t rows_ = 0;
  bool changed_ = false;  // a row was, or was locked
  bool defined_ = false;
};

}  // namespace emulator
