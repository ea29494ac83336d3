#include "emulator/catalog.hpp"

namespace emulator {
namespace {

std::string literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

// "schema.name" as a quoted identifier, so that capitals survive.
std::string relation(std::string_view table) {
  std::string out = "\"";
  for (const char c : table) {
    if (c == '.')
      out += "\".\"";
    else
      out += c == '"' ? std::string("\"\"") : std::string(1, c);
  }
  return "to_regclass(" + literal(out + "\"") + ")";
}

}  // namespace

Catalog::Rows Catalog::ask(const std::string& sql) {
  Script script;
  script.run(sql);
  const auto answer = std::move(backend_.exchange(script).front());
  return answer.failed ? Rows{} : rows(answer);
}

std::vector<std::string> Catalog::primary_key(const std::string& table) {
  if (const auto known = keys_.find(table); known != keys_.end()) return known->second;
  std::vector<std::string> key;
  for (const auto& row :
       ask("SELECT a.attname::text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON "
           "a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indisprimary AND "
           "i.indrelid = " +
           relation(table)))
    key.push_back(row.front());
  if (!key.empty()) keys_[table] = key;
  return key;
}

std::vector<std::string> Catalog::unique_columns(const std::string& table) {
  if (const auto known = unique_.find(table); known != unique_.end()) return known->second;
  std::vector<std::string> columns;
  for (const auto& row :
       ask("SELECT DISTINCT a.attname::text FROM pg_catalog.pg_index i JOIN "
           "pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) "
           "WHERE i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indrelid = " +
           relation(table)))
    columns.push_back(row.front());
  return unique_[table] = columns;
}

std::string Catalog::assignable_column(const std::string& table) {
  if (const auto known = columns_.find(table); known != columns_.end()) return known->second;
  const auto found = ask(
      "SELECT a.attname::text FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = "
      "a.attrelid WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated "
      "= '' AND a.attidentity <> 'a' AND c.oid = " +
      relation(table) +
      " ORDER BY EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND a.attnum = "
      "ANY (i.indkey)), a.attnum LIMIT 1");
  if (found.empty()) return {};
  return columns_[table] = found.front().front();
}

bool Catalog::plain_table(const std::string& table) {
  if (const auto known = plain_.find(table); known != plain_.end()) return known->second;
  const auto found =
      ask("SELECT 1 FROM pg_catalog.pg_class WHERE relkind = 'r' AND NOT relhastriggers AND NOT "
          "relhasrules AND oid = " +
          relation(table));
  return plain_[table] = !found.empty();
}

bool Catalog::own_function(const std::string& function) {
  if (const auto known = own_functions_.find(function); known != own_functions_.end())
    return known->second;
  const auto found = ask(
      "SELECT 1 FROM pg_catalog.pg_proc WHERE pronamespace = 'pg_catalog'::pg_catalog.regnamespace "
      "AND proname = " +
      literal(function) + " LIMIT 1");
  return own_functions_[function] = !found.empty();
}

std::vector<std::string> Catalog::shadow(const std::string& table, long max_bytes) {
  // A qualified name would not find a temporary table.
  if (table.find('.') != std::string::npos) return {};
  const auto found = ask(
      "SELECT quote_ident(c.relname), quote_ident(n.nspname), string_agg(quote_ident(a.attname), "
      "', ' ORDER BY a.attnum) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid "
      "= c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r' "
      "AND c.relpersistence <> 't' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' "
      "AND pg_catalog.pg_table_size(c.oid) <= " +
      std::to_string(max_bytes) + " AND c.oid = " + relation(table) + " GROUP BY 1, 2");
  if (found.empty()) return {};
  const auto& name = found.front()[0];
  const auto real = found.front()[1] + "." + name;
  const auto& columns = found.front()[2];
  return {"CREATE TEMPORARY TABLE " + name + " (LIKE " + real + " INCLUDING ALL) ON COMMIT DROP",
          "INSERT INTO pg_temp." + name + " (" + columns + ") OVERRIDING SYSTEM VALUE SELECT " +
              columns + " FROM " + real};
}

void Catalog::forget() {
  keys_.clear();
  unique_.clear();
  columns_.clear();
  plain_.clear();
}

}  // namespace emulator
