// ALTER COLUMN TYPE, which DSQL has not (facts/dsql.md §3.4), where the new type holds every value
// of the old one: a second column is filled and takes the first one's name. What to do next is read
// from the catalog each time, so a run that broke off is finished by the next, and several may work
// at once. Knows the catalog; no parse tree, no rule.
//
//                      constraints    the truth is in
//   a second column    mark           the column
//   nobody writes one  mark, guard    either: every row that is written has them equal
//   and not the other
//   the first is gone  moved          the second
//   renamed            moved          the column
//
// Each step is one statement that names a constraint or column which only the state before it has,
// so that one that comes late fails and changes nothing. The constraints' names hold the number of
// columns that the table ever had, so that a second try is not taken for the first.
#pragma once

#include <memory>
#include <string>

#include "rewriter/definitions/identifiers.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

struct ColumnTypeChange {
  Relation table;
  std::string column;
  std::string spelled;  // the new type, as format_type() has it

  std::string new_name() const { return object_name(column, "", "of_new_type"); }
  // "retyping", "equal" or "moved".
  std::string constraint(const std::string& label, const std::string& generation) const {
    return object_name(column, "", label + "_" + generation + digest());
  }
  // What the names of its constraints end in.
  std::string digest() const { return "_" + digest_of(column + " " + spelled); }
};

std::unique_ptr<const StepPlan> column_type_change(ColumnTypeChange change);

// One row: what the catalog knows of the column and of what was begun.
std::string type_look_text(const ColumnTypeChange& change);

}  // namespace occam::rewriter
