// ALTER COLUMN TYPE, which DSQL has not (facts/dsql.md §3.4): a second column of the new type is
// filled and takes the first one's name. What to do next is read from the catalog each time, so a
// run that broke off is finished by the next. Knows the catalog; no parse tree, no rule.
#pragma once

#include <memory>
#include <string>

#include "rewriter/definitions/identifiers.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

struct ColumnTypeChange {
  Relation table;
  std::string column;
  std::string type;          // in the statement's words
  std::string spelled;       // as format_type() has it
  std::string using_column;  // the new value from the column; empty: the column itself
  std::string using_old;     // the same, from the column while it has its second name

  std::string new_name() const { return object_name(column, "", "of_new_type"); }
  std::string old_name() const { return object_name(column, "", "of_old_type"); }
};

std::unique_ptr<const StepPlan> column_type_change(ColumnTypeChange change);

// One row: what the catalog knows of the column, its successor and its predecessor.
std::string type_look_text(const ColumnTypeChange& change);

}  // namespace occam::rewriter
