// The statements DSQL does not have at all, and the functions and clauses it refuses in those it
// has (facts/dsql.md §1.6, §3.1). Pure.
#pragma once

#include <optional>

#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"
#include "emulator/statement/statement.hpp"

namespace emulator {

std::optional<Refusal> refuse_statement(const Statement& statement, Dialect dialect);

}  // namespace emulator
