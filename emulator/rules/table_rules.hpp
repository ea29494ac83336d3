// CREATE TABLE: its forms, columns, constraints and keys (facts/dsql.md §3.1, §3.4, §3.5). Pure.
#pragma once

#include <optional>

#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"
#include "emulator/statement/definition.hpp"

namespace emulator {

std::optional<Refusal> refuse_table(const Definition& table, Dialect dialect);

}  // namespace emulator
