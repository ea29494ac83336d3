#include "rewriter/definitions/constraint_look.hpp"

#include <utility>

namespace occam::rewriter {

std::string look_text(const Relation& table, const std::string& name, const std::string& own) {
  return "SELECT convalidated" + (own.empty() ? "" : ", " + own) +
         " FROM pg_catalog.pg_constraint WHERE conrelid = " + table.regclass() +
         " AND conname = " + quote_literal(name);
}

bool is_of_another(const Outcome& found) {
  const auto& row = found.rows.front();
  return row.size() > 1 && row[1] != "t";
}

Order name_is_taken(const Relation& table, const std::string& name) {
  Outcome error = Outcome::error(
      "42710", "constraint \"" + name + "\" for relation \"" + table.name + "\" already exists");
  error.hint =
      "It means something else, and Occam needs its name. Rename it with RENAME CONSTRAINT.";
  return Order::fail(std::move(error));
}

std::string of_attribute(std::string_view column, const std::string& condition) {
  return "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
         "pg_constraint.conrelid AND a.attname = " +
         quote_literal(column) + " AND " + condition + ")";
}

Outcome exists(const Relation& table, const std::string& name) {
  return Outcome::error(
      "42710", "constraint \"" + name + "\" for relation \"" + table.name + "\" already exists",
      "Where the statement names none, Occam does not look for the next free name: give it one "
      "with ADD CONSTRAINT name.");
}

std::string of_column(std::string_view column) {
  return of_attribute(column, "a.attnum = ANY (pg_constraint.conkey)");
}

std::string proves_not_null(const std::string& constraint, const std::string& attribute) {
  return "pg_catalog.strpos(pg_catalog.pg_get_constraintdef(" + constraint +
         ".oid), 'CHECK (((' || pg_catalog.quote_ident(" + attribute +
         ".attname) || ' IS NOT NULL) AND true))') = 1";
}

}  // namespace occam::rewriter
