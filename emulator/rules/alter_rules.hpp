// ALTER TABLE: which of its actions DSQL has, and since when (facts/dsql.md §3.4, §8). Pure.
#pragma once

#include <optional>

#include "emulator/rules/circumstances.hpp"
#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"
#include "emulator/statement/definition.hpp"

namespace emulator {

std::optional<Refusal> refuse_alteration(const Definition& alteration, bool async, Dialect dialect,
                                         const Circumstances& circumstances);

}  // namespace emulator
