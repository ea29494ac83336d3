// CREATE of what is no table and no index, DROP, RENAME and GRANT (facts/dsql.md §3.1, §3.4). Pure.
#pragma once

#include <optional>

#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"
#include "emulator/statement/statement.hpp"

namespace emulator {

// The statement has a definition.
std::optional<Refusal> refuse_object(const Statement& statement, Dialect dialect);

}  // namespace emulator
