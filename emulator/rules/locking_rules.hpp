// Which locking clauses DSQL has, and on what (facts/dsql.md §1.6). Pure.
#pragma once

#include <optional>

#include "emulator/rules/circumstances.hpp"
#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"
#include "emulator/statement/statement.hpp"

namespace emulator {

std::optional<Refusal> refuse_locks(const Statement& statement, Dialect dialect,
                                    const Circumstances& circumstances);

}  // namespace emulator
