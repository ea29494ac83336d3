// What the emulator asks PostgreSQL's catalog about a table. One per session; remembers the
// answers that change seldom. Uses the session's backend, so it must not be called in a failed
// transaction.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/postgres/backend.hpp"

namespace emulator {

// A column as the catalog knows it.
struct StoredColumn {
  std::string name;
  std::string type;         // pg_type.typname
  std::int64_t length = 0;  // pg_type.typlen; negative: it varies
};

struct Layout {
  std::vector<StoredColumn> columns;
  // The columns of each index. The first is the primary key, empty if there is none; the entries of
  // the others carry it too.
  std::vector<std::vector<StoredColumn>> indexes;
};

class Catalog {
 public:
  explicit Catalog(Backend& backend) : backend_(backend) {}

  std::vector<std::string> primary_key(const std::string& table);
  // The columns of all unique, non-partial, non-expression indexes: "key columns" in facts/dsql.md
  // §1.2.
  std::vector<std::string> unique_columns(const std::string& table);
  // A column of a plain table that an UPDATE may assign, outside the indexes where there is one.
  // Empty for a view, a foreign table or an unknown name.
  std::string assignable_column(const std::string& table);
  // A plain table without triggers, foreign keys or rules: a statement that names it touches
  // nothing else.
  bool plain_table(const std::string& table);
  // One of PostgreSQL's own functions: none of them changes a row.
  bool own_function(const std::string& function);
  // How a table's rows and index entries are made up; no columns for an unknown name.
  std::shared_ptr<const Layout> layout(const std::string& table);
  // Asked anew each time.
  std::int64_t index_count(const std::string& table);
  // How many the database has of what a statement of this name makes; 0 for any other.
  std::int64_t object_count(std::string_view created);
  // The statements that copy the rows the transaction sees into a temporary table of the same name,
  // which hides the real one, and one that tells for each column of the copy its Origin and that of
  // the real one: four numbers. Empty if that cannot be done.
  std::vector<std::string> shadow(const std::string& table, long max_bytes);
  void forget();

 private:
  using Rows = std::vector<std::vector<std::string>>;
  Rows ask(const std::string& sql);

  Backend& backend_;
  std::map<std::string, std::vector<std::string>> keys_;
  std::map<std::string, std::vector<std::string>> unique_;
  std::map<std::string, std::string> columns_;
  std::map<std::string, bool> plain_;
  std::map<std::string, std::shared_ptr<const Layout>> layouts_;
  std::map<std::string, bool> own_functions_;
};

}  // namespace emulator
