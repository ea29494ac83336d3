#include "emulator/judge/sizes.hpp"

#include <charconv>

#include "emulator/postgres/names.hpp"

namespace emulator {
namespace {

bool varies(const StoredColumn& column) { return column.length < 0; }

// What DSQL stores of a value, before any compression.
std::string bytes_of(const StoredColumn& column) {
  if (!varies(column)) return std::to_string(column.length);
  const auto name = "r." + quoted(column.name);
  const bool bytes = column.type == "bytea";
  return "coalesce(octet_length(" + name + (bytes ? "" : "::text") + "), 0)";
}

std::string bytes_of(const std::vector<StoredColumn>& columns) {
  std::string sum;
  for (const auto& column : columns) sum += (sum.empty() ? "" : " + ") + bytes_of(column);
  return sum.empty() ? "0" : sum;
}

std::string bytes_of_entry(const Layout& layout, std::size_t index) {
  const auto own = bytes_of(layout.indexes[index]);
  return index == 0 ? own : own + " + " + bytes_of(layout.indexes[0]);
}

// At REPEATABLE READ a row that can be seen, though the number of its transaction was given out
// after the snapshot, is the transaction's own. (Numbers wrap around after 2^32 transactions.)
std::string own_rows(const std::string& table) {
  return " FROM " + quoted_relation(table) +
         " AS r WHERE r.xmin::text::bigint >= pg_catalog.pg_snapshot_xmax("
         "pg_catalog.pg_current_snapshot())::text::bigint & 4294967295";
}

std::int64_t number(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// As DSQL writes it (facts/dsql.md §2).
std::string shown(const std::string& type) {
  if (type == "bpchar") return "char";
  return type;
}

}  // namespace

std::string sizes_query(const std::string& table, const Layout& layout) {
  std::string list;
  for (const auto& column : layout.columns)
    if (varies(column)) list += "max(" + bytes_of(column) + "), ";
  list += "max(" + bytes_of(layout.columns) + ")";
  std::string keys = "0";
  for (std::size_t i = 0; i < layout.indexes.size(); ++i)
    keys += ", max(" + bytes_of_entry(layout, i) + ")";
  return "SELECT " + list + ", greatest(" + keys + ")" + own_rows(table);
}

Sizes sizes_told(const std::vector<std::string>& row, const Layout& layout) {
  Sizes sizes;
  if (row.size() < 2) return sizes;
  std::size_t at = 0;
  for (const auto& column : layout.columns) {
    if (!varies(column)) continue;
    const auto bytes = number(row[at++]);
    if (bytes <= sizes.column) continue;
    sizes.column = bytes;
    sizes.type = shown(column.type);
  }
  sizes.row = number(row[at]);
  sizes.key = number(row[at + 1]);
  return sizes;
}

std::string weight_query(const std::string& table, const Layout& layout) {
  std::string sum = bytes_of(layout.columns);
  for (std::size_t i = 0; i < layout.indexes.size(); ++i) sum += " + " + bytes_of_entry(layout, i);
  return "SELECT coalesce(sum(" + sum + "), 0)" + own_rows(table);
}

}  // namespace emulator
