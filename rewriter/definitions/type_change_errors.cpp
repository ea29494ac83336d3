#include "rewriter/definitions/type_change_errors.hpp"

#include "rewriter/definitions/constraint_addition.hpp"

namespace occam::rewriter {

Outcome no_such_column(const ColumnTypeChange& change) {
  return Outcome::error("42703", "column \"" + change.column + "\" of relation \"" +
                                     change.table.name + "\" does not exist");
}

Outcome not_wider(const ColumnTypeChange& change, const std::string& type) {
  return Outcome::error(
      "0A000",
      "the type of column \"" + change.column + "\" cannot be changed from " + type + " to " +
          change.spelled + " on Aurora DSQL",
      "Occam makes integers and character varying wider, nothing else. Add a column of the new "
      "type, fill it with UPDATE, drop this one and rename the new one.");
}

Outcome used(const ColumnTypeChange& change, const std::string& users) {
  return Outcome::error(
      "0A000",
      "the type of column \"" + change.column + "\" cannot be changed on Aurora DSQL: " + users +
          " depends on it",
      "Give the column this type from the start (`types` in Occam's table rules, before the "
      "table is created), drop what depends on it first, or copy the rows to a new table.");
}

Outcome name_taken(const ColumnTypeChange& change) {
  return Outcome::error(
      "42710",
      "constraint \"" + not_null_name(change.table, change.column) + "\" for relation \"" +
          change.table.name + "\" already exists",
      "It means something else, and Occam needs its name for NOT NULL. Rename it with RENAME "
      "CONSTRAINT.");
}

Outcome in_the_way(const ColumnTypeChange& change) {
  return Outcome::error(
      "0A000", "column \"" + change.new_name() + "\" is in the way of this change of type",
      "It bears the name that Occam needs for the column of the new type, or is of another change "
      "of type: send that again to finish it. Otherwise rename it or drop it.");
}

}  // namespace occam::rewriter
