// An error the emulator answers by itself. Plain values.
#pragma once

#include <string>

#include "emulator/rules/dialect.hpp"

namespace emulator {

struct Refusal {
  std::string rule;  // a closed list, the metric's label
  std::string code;  // SQLSTATE
  std::string message;
  std::string detail = {};  // empty: none
  std::string hint = {};

  bool operator==(const Refusal&) const = default;
};

// SQLSTATEs that several rules answer with.
inline constexpr auto feature_not_supported = "0A000";
inline constexpr auto invalid_value = "22023";
inline constexpr auto undefined_object = "42704";
inline constexpr auto too_many_columns = "54011";

// The transient errors (facts/dsql.md §1.5, §1.8).
Refusal data_conflict(Dialect dialect = dialect_current);     // OC000
Refusal catalog_conflict(Dialect dialect = dialect_current);  // OC001
Refusal server_unavailable();

}  // namespace emulator
