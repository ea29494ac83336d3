// What a dated Aurora DSQL refuses, with its exact words. Knows statements and dates; knows no
// session, no socket, nothing of Occam's rewrites. Pure. Every text has its source in rules.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/statement.hpp"

namespace emulator {

enum class Dialect {
  y2025,    // FOR UPDATE on one table by equality on its whole key, no FOR KEY SHARE
  current,  // since 2026-08-25
};
std::optional<Dialect> dialect_named(std::string_view word);

// An error the emulator answers by itself. `rule` is a closed list, a metric label.
struct Refusal {
  std::string rule;
  std::string code;
  std::string message;

  bool operator==(const Refusal&) const = default;
};

// The primary key's columns, or none if the table has no key or is not known.
using KeyOf = std::function<std::vector<std::string>(const std::string& table)>;

std::optional<Refusal> refuse(const Statement& statement, Dialect dialect, const KeyOf& key_of);

// The transient errors (facts/dsql.md §1.5, §1.8).
Refusal data_conflict();     // OC000
Refusal catalog_conflict();  // OC001
Refusal server_unavailable();

}  // namespace emulator
