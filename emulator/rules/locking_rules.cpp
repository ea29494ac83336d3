#include "emulator/rules/locking_rules.hpp"

#include <algorithm>

namespace emulator {
namespace {

// The share clauses: M, 2026-09 and 2024-12.
std::optional<Refusal> refuse_strength(const LockedItem& item, Dialect dialect) {
  const bool allowed = item.strength == LockStrength::none ||
                       item.strength == LockStrength::update ||
                       (item.strength == LockStrength::key_share && dialect >= key_share_since);
  if (allowed) return std::nullopt;
  return Refusal{"lock_clause", feature_not_supported,
                 dialect < key_share_since
                     ? "locking clauses other than FOR UPDATE are not supported"
                     : "locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported"};
}

// D, the documentation before 2026-08-24.
std::optional<Refusal> refuse_reach(const LockedSelect& select,
                                    const Circumstances& circumstances) {
  if (select.items.size() > 1)
    return Refusal{"lock_join", feature_not_supported,
                   "locking clause such as FOR UPDATE can be applied on a single table"};
  const auto key = circumstances.key_of(select.items.front().table);
  const bool whole_key =
      !key.empty() && std::all_of(key.begin(), key.end(), [&select](const std::string& column) {
        const auto& equal = select.equal_columns;
        return std::find(equal.begin(), equal.end(), column) != equal.end();
      });
  if (whole_key) return std::nullopt;
  return Refusal{"lock_predicate", feature_not_supported,
                 "locking clause such as FOR UPDATE can be applied only on tables with equality "
                 "predicates on the key"};
}

}  // namespace

std::optional<Refusal> refuse_locks(const Statement& statement, Dialect dialect,
                                    const Circumstances& circumstances) {
  for (const auto& select : statement.locked) {
    for (const auto& item : select.items)
      if (auto refusal = refuse_strength(item, dialect)) return refusal;
    if (dialect >= any_for_update_since) continue;
    if (auto refusal = refuse_reach(select, circumstances)) return refusal;
  }
  return std::nullopt;
}

}  // namespace emulator
