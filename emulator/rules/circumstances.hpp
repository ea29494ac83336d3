// What a rule must know besides the statement: the catalog's answers about what already exists, and
// the session's own settings. A question that is not filled in has no answer.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace emulator {

struct Circumstances {
  // The primary key's columns, or none if the table has no key or is not known.
  std::function<std::vector<std::string>(const std::string& table)> primary_key = {};
  // The name of that constraint.
  std::function<std::string(const std::string& table)> primary_key_name = {};
  // A column's type by its inner name ("bytea", "timetz").
  std::function<std::string(const std::string& table, const std::string& column)> column_type = {};
  // SET disable_sync_create_index = off: CREATE INDEX without ASYNC passes.
  bool sync_indexes = false;

  std::vector<std::string> key_of(const std::string& table) const {
    return primary_key ? primary_key(table) : std::vector<std::string>();
  }
  std::string key_name_of(const std::string& table) const {
    return primary_key_name ? primary_key_name(table) : std::string();
  }
  std::string type_of(const std::string& table, const std::string& column) const {
    return column_type ? column_type(table, column) : std::string();
  }
};

}  // namespace emulator
