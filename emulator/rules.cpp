#include "emulator/rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace emulator {
namespace {

constexpr auto unsupported = "0A000";

// facts/dsql.md §1.6. The share clauses: measured 2026-09 and 2024-12; the FOR UPDATE conditions:
// documentation before 2026-08-24.
std::optional<Refusal> refuse_locks(const Statement& statement, Dialect dialect,
                                    const KeyOf& key_of) {
  const bool old = dialect == Dialect::y2025;
  for (const auto& select : statement.locked) {
    for (const auto& item : select.items) {
      const bool allowed = item.strength == LockStrength::none ||
                           item.strength == LockStrength::update ||
                           (item.strength == LockStrength::key_share && !old);
      if (!allowed)
        return Refusal{"lock_clause", unsupported,
                       old ? "locking clauses other than FOR UPDATE are not supported"
                           : "locking clauses other than FOR UPDATE/FOR KEY SHARE are not "
                             "supported"};
    }
    if (!old) continue;
    if (select.items.size() > 1)
      return Refusal{"lock_join", unsupported,
                     "locking clause such as FOR UPDATE can be applied on a single table"};
    const auto key = key_of(select.items.front().table);
    const bool whole_key =
        !key.empty() && std::all_of(key.begin(), key.end(), [&select](const std::string& column) {
          const auto& equal = select.equal_columns;
          return std::find(equal.begin(), equal.end(), column) != equal.end();
        });
    if (!whole_key)
      return Refusal{"lock_predicate", unsupported,
                     "locking clause such as FOR UPDATE can be applied only on tables with "
                     "equality predicates on the key"};
  }
  return std::nullopt;
}

// facts/dsql.md §1.6: golang-migrate#1289 and PIST 2026-10-10; the SQLSTATE is presumed.
std::optional<Refusal> refuse_functions(const Statement& statement) {
  for (const auto& function : statement.functions)
    if (function.starts_with("pg_advisory_") || function.starts_with("pg_try_advisory_"))
      return Refusal{"advisory_lock", unsupported, "function " + function + " not supported"};
  return std::nullopt;
}

std::optional<Refusal> refuse_isolation(const Statement& statement) {
  if (statement.isolation.empty() || statement.isolation == "REPEATABLE READ") return std::nullopt;
  return Refusal{"isolation", unsupported, "Unsupported isolation level: " + statement.isolation};
}

// facts/dsql.md §3.7. `role` is disputed and let through.
bool may_be_set(std::string parameter) {
  std::transform(parameter.begin(), parameter.end(), parameter.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  static constexpr std::array allowed = {
      "application_name", "client_encoding", "datestyle",   "extra_float_digits",
      "intervalstyle",    "timezone",        "search_path", "role"};
  return parameter.starts_with("enable_") ||
         std::find(allowed.begin(), allowed.end(), parameter) != allowed.end();
}

std::optional<Refusal> refuse_setting(const Statement& statement) {
  if (!statement.sets) return std::nullopt;
  if (statement.parameter == "SESSION CHARACTERISTICS") return refuse_isolation(statement);
  if (may_be_set(statement.parameter)) return std::nullopt;
  return Refusal{"setting", unsupported,
                 "setting configuration parameter \"" + statement.parameter + "\" not supported"};
}

}  // namespace

std::optional<Dialect> dialect_named(std::string_view word) {
  if (word == "2025") return Dialect::y2025;
  if (word == "current" || word == "2026-08") return Dialect::current;
  return std::nullopt;
}

std::optional<Refusal> refuse(const Statement& statement, Dialect dialect, const KeyOf& key_of) {
  if (statement.kind == Kind::savepoint)
    return Refusal{"savepoint", unsupported,
                   "unsupported transaction statement: " + statement.word};
  if (statement.kind == Kind::begin) return refuse_isolation(statement);
  if (statement.kind == Kind::session)
    if (auto refusal = refuse_setting(statement)) return refusal;
  if (!statement.word.empty())
    return Refusal{statement.word == "Lock" ? "lock_table" : "statement", unsupported,
                   "unsupported statement: " + statement.word};
  if (auto refusal = refuse_functions(statement)) return refusal;
  return refuse_locks(statement, dialect, key_of);
}

Refusal data_conflict() {
  return {"OC000", "40001", "change conflicts with another transaction (OC000)"};
}

Refusal catalog_conflict() {
  return {"OC001", "40001", "schema has been updated by another transaction (OC001)"};
}

Refusal server_unavailable() { return {"unavailable", "XX000", "server unavailable"}; }

}  // namespace emulator
