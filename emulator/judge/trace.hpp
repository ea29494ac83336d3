// What a statement is turned into when it is run again at COMMIT, so that PostgreSQL or KeyShares
// can find a conflict with a lock under which nothing was written. Text in, text out. Pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "emulator/statement/statement.hpp"

namespace emulator {

// The catalog's answers about a table; both are empty for what is no plain table.
struct TableFacts {
  std::function<std::string(const std::string&)> assignable_column;
  std::function<std::vector<std::string>(const std::string&)> primary_key;
  std::function<std::vector<std::string>(const std::string&)> unique_columns;
};

// A row in the answer to such a text names the rows it touched, one per column: a letter and what
// tells the row apart.
inline constexpr char shared_row = 'S';     // locked FOR KEY SHARE
inline constexpr char exclusive_row = 'X';  // locked FOR UPDATE, deleted, or its key changed
inline constexpr char weak_row = 'W';       // locked FOR UPDATE, which counts as FOR NO KEY UPDATE

// For a lock: locks as the statement does, updates each row locked FOR UPDATE to itself, and names
// the rows. Empty if the statement's form does not allow it. `weakly`: FOR UPDATE counts as FOR NO
// KEY UPDATE.
std::string trace_of(const Parsed& parsed, const Statement& statement, const TableFacts& facts,
                     bool weakly = false);
// Whether it locks, FOR UPDATE, rows of a table in which `later` then changes no key.
bool updated_by(const Statement& lock, const Statement& later, const TableFacts& facts);

// For a DELETE or an UPDATE of a key column: the statement, naming its rows in its last column.
// Empty for any other.
std::string named_change(const Parsed& parsed, const Statement& statement, const TableFacts& facts);

}  // namespace emulator
