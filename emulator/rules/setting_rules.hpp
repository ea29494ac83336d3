// Which parameters a client may set, by SET, set_config(), a function's SET clause or at startup
// (facts/dsql.md §3.7). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"
#include "emulator/statement/statement.hpp"

namespace emulator {

// SET or RESET of disable_sync_create_index, which PostgreSQL does not know: the emulator answers
// it.
bool sets_sync_indexes(const Statement& statement);
// Whether CREATE INDEX without ASYNC passes from then on. It is so after "off" only.
bool allows_sync_indexes(const Statement& setting);

std::optional<Refusal> refuse_parameter(std::string_view parameter, Dialect dialect);

// SET, SHOW and calls of set_config().
std::optional<Refusal> refuse_setting(const Statement& statement, Dialect dialect);

// One parameter of a StartupMessage; what `options` sets in its turn is looked into.
std::optional<Refusal> refuse_startup(std::string_view parameter, std::string_view value,
                                      Dialect dialect);

// The level that BEGIN and SET SESSION CHARACTERISTICS ask for.
std::optional<Refusal> refuse_isolation(const Statement& statement);

}  // namespace emulator
