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
         const std::vector<std::string>& key, Parts& parts) {
  const bool exclusive = item.strength == LockStrength::update;
  parts.selected += ", " + row_name(exclusive ? exclusive_row : shared_row, item.alias, key) +
                    " AS dsql_emulator_row_" + n;
  parts.named += (parts.named.empty() ? "" : ", ") + ("dsql_emulator_row_" + n);
  if (!exclusive) return;
  parts.selected += ", " + quoted(item.alias) + ".ctid AS dsql_emulator_" + n;
  parts.updates += ", dsql_emulator_update_" + n + " AS (UPDATE " + quoted_relation(item.table) +
                   " AS r SET " + quoted(column) + " = r." + quoted(column) +
                   " FROM dsql_emulator_locked AS l WHERE r.ctid = l.dsql_emulator_" + n + ")";
}

}  // namespace

std::string trace_of(const Parsed& parsed, const Statement& statement, const TableFacts& facts) {
  const auto* select = outermost(statement);
  if (!select || statement.from_at == 0) return {};
  Parts parts;
  for (std::size_t i = 0; i < select->items.size(); ++i) {
    const auto& item = select->items[i];
    if (item.strength != LockStrength::update && item.strength != LockStrength::key_share) continue;
    const auto column = item.table.empty() ? "" : facts.assignable_column(item.table);
    if (column.empty()) return {};
    add(item, std::to_string(i), column, facts.primary_key(item.table), parts);
  }
  if (parts.selected.empty()) return {};
  std::string locked(parsed.piece(statement));
  if (statement.selects_nothing) parts.selected.erase(0, 1);
  locked.insert(statement.from_at - statement.begin, parts.selected + " ");
  return "WITH dsql_emulator_locked AS (" + locked + ")" + parts.updates + " SELECT " +
         parts.named + " FROM dsql_emulator_locked";
}

std::string named_change(const Parsed& parsed, const Statement& statement,
                         const TableFacts& facts) {
  const auto& change = statement.change;
  if (change.table.empty() || facts.assignable_column(change.table).empty()) return {};
  const auto unique = facts.unique_columns(change.table);
  const bool exclusive =
      change.deletes || std::any_of(change.columns.begin(), change.columns.end(), [&](auto& set) {
        return std::find(unique.begin(), unique.end(), set) != unique.end();
      });
  if (!exclusive) return {};
  return std::string(parsed.piece(statement)) + (change.returns ? ", " : " RETURNING ") +
         row_name(exclusive_row, change.alias, facts.primary_key(change.table));
}

}  // namespace emulator
