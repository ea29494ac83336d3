#include "emulator/judge/trace.hpp"

#include <algorithm>
#include <string_view>

#include "emulator/postgres/names.hpp"

namespace emulator {
namespace {

// The key's values; a table without one has its row's place.
std::string row_name(char letter, const std::string& alias, const std::vector<std::string>& key) {
  const auto row = quoted(alias);
  std::string values;
  for (const auto& column : key)
    values += (values.empty() ? "" : ", ") + row + "." + quoted(column);
  return std::string("'") + letter + "' || current_database() || '.' || " + row +
         ".tableoid::text || '.' || " +
         (key.empty() ? row + ".ctid::text" : "ROW(" + values + ")::text");
}

const LockedSelect* outermost(const Statement& statement) {
  for (const auto& select : statement.locked)
    if (select.outermost) return &select;
  return nullptr;
}

// One locked table's part in the text.
struct Parts {
  std::string selected;  // of the locking SELECT
  std::string updates;
  std::string named;  // of the outer SELECT
};

void add(const LockedItem& item, const std::string& n, const std::string& column,
         const std::vector<std::string>& key, char strength, Parts& parts) {
  const bool exclusive = strength != shared_row;
  parts.selected += ", " + row_name(strength, item.alias, key) + " AS dsql_emulator_row_" + n;
  parts.named += (parts.named.empty() ? "" : ", ") + ("dsql_emulator_row_" + n);
  if (!exclusive) return;
  parts.selected += ", " + quoted(item.alias) + ".ctid AS dsql_emulator_" + n;
  parts.updates += ", dsql_emulator_update_" + n + " AS (UPDATE " + quoted_relation(item.table) +
                   " AS r SET " + quoted(column) + " = r." + quoted(column) +
                   " FROM dsql_emulator_locked AS l WHERE r.ctid = l.dsql_emulator_" + n + ")";
}

bool changes_a_key(const Change& change, const TableFacts& facts) {
  const auto unique = facts.unique_columns(change.table);
  return change.deletes ||
         std::any_of(change.columns.begin(), change.columns.end(), [&](auto& set) {
           return std::find(unique.begin(), unique.end(), set) != unique.end();
         });
}

std::string_view unqualified(std::string_view table) { return table.substr(table.rfind('.') + 1); }

}  // namespace

std::string trace_of(const Parsed& parsed, const Statement& statement, const TableFacts& facts,
                     bool weakly) {
  const auto* select = outermost(statement);
  if (!select || statement.from_at == 0) return {};
  Parts parts;
  for (std::size_t i = 0; i < select->items.size(); ++i) {
    const auto& item = select->items[i];
    if (item.strength != LockStrength::update && item.strength != LockStrength::key_share) continue;
    const auto column = item.table.empty() ? "" : facts.assignable_column(item.table);
    if (column.empty()) return {};
    const auto letter = item.strength != LockStrength::update ? shared_row
                        : weakly                              ? weak_row
                                                              : exclusive_row;
    add(item, std::to_string(i), column, facts.primary_key(item.table), letter, parts);
  }
  if (parts.selected.empty()) return {};
  std::string locked(parsed.piece(statement));
  if (weakly)
    for (auto at = statement.update_at.rbegin(); at != statement.update_at.rend(); ++at)
      locked.insert(*at - statement.begin, "NO KEY ");
  if (statement.selects_nothing) parts.selected.erase(0, 1);
  locked.insert(statement.from_at - statement.begin, parts.selected + " ");
  return "WITH dsql_emulator_locked AS (" + locked + ")" + parts.updates + " SELECT " +
         parts.named + " FROM dsql_emulator_locked";
}

bool updated_by(const Statement& lock, const Statement& later, const TableFacts& facts) {
  const auto* select = outermost(lock);
  const auto& change = later.change;
  if (!select || change.table.empty() || changes_a_key(change, facts)) return false;
  return std::any_of(select->items.begin(), select->items.end(), [&](const LockedItem& item) {
    return item.strength == LockStrength::update &&
           unqualified(item.table) == unqualified(change.table);
  });
}

std::string named_change(const Parsed& parsed, const Statement& statement,
                         const TableFacts& facts) {
  const auto& change = statement.change;
  if (change.table.empty() || facts.assignable_column(change.table).empty()) return {};
  if (!changes_a_key(change, facts)) return {};
  return std::string(parsed.piece(statement)) + (change.returns ? ", " : " RETURNING ") +
         row_name(exclusive_row, change.alias, facts.primary_key(change.table));
}

}  // namespace emulator
