#include "emulator/rules/table_rules.hpp"

#include <algorithm>

#include "emulator/rules/column_types.hpp"
#include "emulator/rules/key_rules.hpp"
#include "emulator/rules/sequence_rules.hpp"

namespace emulator {
namespace {

// §2: 256 pass although the text and the documentation say 255 (O LIM).
constexpr std::size_t most_columns = 256;

// §3.1: M EMU, PARTITION M PIST; I for INHERITS and OF.
std::optional<Refusal> refuse_form(const Definition& table) {
  const char* text = table.temporary     ? "TEMPORARY or TEMP table not supported for CREATE TABLE"
                     : table.unlogged    ? "UNLOGGED table not supported for CREATE TABLE"
                     : table.partitioned ? "PARTITION BY clause not supported for CREATE TABLE"
                     : table.partition   ? "PARTITION OF clause not supported for CREATE TABLE"
                     : table.inherits    ? "INHERITS clause not supported for CREATE TABLE"
                     : table.typed       ? "OF clause not supported for CREATE TABLE"
                                         : nullptr;
  if (text == nullptr) return std::nullopt;
  return Refusal{"table", feature_not_supported, text};
}

// Foreign keys: §3.1, before their day. DEFERRABLE: §3.4 (M MINI); of a table's CHECK PostgreSQL
// says it by itself. EXCLUDE is unsupported (D CT), its text I.
std::optional<Refusal> refuse_constraint(const Constraint& constraint, Dialect dialect) {
  const auto kind = constraint.kind;
  if (kind == ConstraintKind::exclusion)
    return Refusal{"constraint", feature_not_supported, "EXCLUDE constraint not supported"};
  if (kind == ConstraintKind::foreign_key && dialect < foreign_keys_since)
    return Refusal{"constraint", feature_not_supported, "FOREIGN KEY constraint not supported"};
  if (kind == ConstraintKind::check && constraint.deferrable)
    return Refusal{"constraint", feature_not_supported,
                   "CHECK constraints cannot be marked DEFERRABLE"};
  const bool key = kind == ConstraintKind::primary_key || kind == ConstraintKind::unique;
  if (key && constraint.deferrable)
    return Refusal{"constraint", feature_not_supported, "DEFERRABLE constraint not supported"};
  return std::nullopt;
}

std::optional<Refusal> refuse_column(const Column& column, Dialect dialect) {
  if (auto refusal = refuse_type(column.type, dialect)) return refusal;
  for (const auto& constraint : column.constraints) {
    if (constraint.kind == ConstraintKind::identity) {
      if (auto refusal = refuse_identity(constraint.cache, dialect)) return refusal;
      if (auto refusal = refuse_identity_type(column.type)) return refusal;
    }
    if (auto refusal = refuse_constraint(constraint, dialect)) return refusal;
  }
  return std::nullopt;
}

std::string type_in(const Definition& table, const std::string& name) {
  const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                   [&name](const Column& one) { return one.name == name; });
  return column == table.columns.end() ? std::string() : column->type.name;
}

// All that a key covers: its own constraints' and the table's.
std::vector<const Constraint*> keys_of(const Definition& table) {
  std::vector<const Constraint*> keys;
  const auto add = [&keys](const Constraint& constraint) {
    if (constraint.kind == ConstraintKind::primary_key || constraint.kind == ConstraintKind::unique)
      keys.push_back(&constraint);
  };
  for (const auto& column : table.columns)
    for (const auto& constraint : column.constraints) add(constraint);
  for (const auto& constraint : table.constraints) add(constraint);
  return keys;
}

// The primary key's index holds all columns, so it is the one that is too wide (O LIM).
std::optional<Refusal> refuse_width(const Definition& table,
                                    const std::vector<const Constraint*>& keys) {
  if (table.columns.size() <= most_columns) return std::nullopt;
  const bool keyed = std::any_of(keys.begin(), keys.end(), [](const Constraint* key) {
    return key->kind == ConstraintKind::primary_key;
  });
  return Refusal{"table", too_many_columns,
                 keyed ? "cannot use more than 256 columns in an index"
                       : "tables can have at most 255 columns"};
}

}  // namespace

std::optional<Refusal> refuse_table(const Definition& table, Dialect dialect) {
  if (auto refusal = refuse_form(table)) return refusal;
  for (const auto& column : table.columns)
    if (auto refusal = refuse_column(column, dialect)) return refusal;
  for (const auto& constraint : table.constraints)
    if (auto refusal = refuse_constraint(constraint, dialect)) return refusal;
  const auto keys = keys_of(table);
  for (const auto* key : keys) {
    std::vector<std::string> types;
    for (const auto& column : key->columns) types.push_back(type_in(table, column));
    if (auto refusal = refuse_key(types, dialect)) return refusal;
  }
  return refuse_width(table, keys);
}

}  // namespace emulator
