// What a dated Aurora DSQL refuses, with its exact words. Knows statements and dates; knows no
// session, no socket, nothing of Occam's rewrites. Pure. Every text has its source where it stands:
// a section of facts/dsql.md with its mark, or I for what is inferred from the pattern of others.
#pragma once

#include <optional>

#include "emulator/rules/circumstances.hpp"
#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"
#include "emulator/statement/statement.hpp"

namespace emulator {

std::optional<Refusal> refuse(const Statement& statement, Dialect dialect,
                              const Circumstances& circumstances);

}  // namespace emulator
