// CREATE INDEX, in the order in which DSQL finds fault with it (facts/dsql.md §3.3). Pure.
#pragma once

#include <optional>

#include "emulator/rules/circumstances.hpp"
#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"
#include "emulator/statement/definition.hpp"

namespace emulator {

std::optional<Refusal> refuse_index(const IndexDefinition& index, bool async, Dialect dialect,
                                    const Circumstances& circumstances);

}  // namespace emulator
