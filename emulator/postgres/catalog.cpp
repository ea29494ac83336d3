#include "emulator/postgres/catalog.hpp"

#include <charconv>
#include <utility>

#include "emulator/postgres/names.hpp"

namespace emulator {
namespace {

std::string relation(std::string_view table) {
  return "to_regclass(" + literal(quoted_relation(table)) + ")";
}

}  // namespace

// Waits for whoever holds the catalog for a moment (autovacuum, a definition): an error would end
// the client's transaction.
Catalog::Rows Catalog::ask(const std::string& sql) {
  Script script;
  script.run("SET lock_timeout = '10s'");
  script.run(sql);
  script.run("RESET lock_timeout");
  const auto answer = std::move(backend_.exchange(script)[1]);
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

namespace {

StoredColumn column_of(const std::vector<std::string>& row) {
  StoredColumn column{row[0], row[1], 0};
  std::from_chars(row[2].data(), row[2].data() + row[2].size(), column.length);
  return column;
}

}  // namespace

std::shared_ptr<const Layout> Catalog::layout(const std::string& table) {
  if (const auto known = layouts_.find(table); known != layouts_.end()) return known->second;
  Layout layout;
  for (const auto& row :
       ask("SELECT a.attname::text, t.typname::text, a.attlen FROM pg_catalog.pg_attribute a JOIN "
           "pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_class c ON c.oid = "
           "a.attrelid WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.oid = " +
           relation(table) + " ORDER BY a.attnum"))
    layout.columns.push_back(column_of(row));
  layout.indexes.emplace_back();  // a table without a primary key
  std::string index;
  for (const auto& row :
       ask("SELECT a.attname::text, t.typname::text, a.attlen, i.indexrelid, i.indisprimary FROM "
           "pg_catalog.pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS "
           "k (attnum, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND "
           "a.attnum = k.attnum JOIN pg_catalog.pg_type t ON t.oid = a.atttypid WHERE i.indrelid "
           "= " +
           relation(table) + " ORDER BY NOT i.indisprimary, i.indexrelid, k.place")) {
    if (row[4] == "f" && row[3] != index) layout.indexes.emplace_back();
    index = row[3];
    layout.indexes.back().push_back(column_of(row));
  }
  return layouts_[table] = std::make_shared<const Layout>(std::move(layout));
}

std::int64_t Catalog::index_count(const std::string& table) {
  const auto found =
      ask("SELECT count(*) FROM pg_catalog.pg_index WHERE indrelid = " + relation(table));
  std::int64_t count = 0;
  if (!found.empty())
    std::from_chars(found[0][0].data(), found[0][0].data() + found[0][0].size(), count);
  return count;
}

std::int64_t Catalog::object_count(std::string_view created) {
  std::string kind;
  if (created == "Create") kind = "r";
  if (created == "View") kind = "v";
  if (created == "CreateSeq") kind = "S";
  const std::string own =
      "nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'sys')";
  std::string sql;
  if (created == "CreateSchema")
    sql = "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname <> 'public' AND " + own;
  else if (!kind.empty())
    sql =
        "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace WHERE relkind = '" +
        kind + "' AND " + own;
  const auto found = sql.empty() ? Rows{} : ask(sql);
  return found.empty() ? 0 : std::stoll(found[0][0]);
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
              columns + " FROM " + real,
          "SELECT copy.attrelid::int4, copy.attnum, table_.attrelid::int4, table_.attnum FROM "
          "pg_catalog.pg_attribute copy JOIN pg_catalog.pg_attribute table_ USING (attname) WHERE "
          "copy.attnum > 0 AND copy.attrelid = " +
              literal("pg_temp." + name) + "::regclass AND table_.attrelid = " + literal(real) +
              "::regclass"};
}

void Catalog::forget() {
  keys_.clear();
  unique_.clear();
  columns_.clear();
  plain_.clear();
  layouts_.clear();
}

}  // namespace emulator
