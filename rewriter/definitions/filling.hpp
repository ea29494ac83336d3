// A column of all rows set, in slices below DSQL's limits of a transaction (facts/dsql.md §2).
// Begun again, it does what is left. Knows the catalog; no parse tree.
#pragma once

#include <memory>
#include <string>

#include "rewriter/definitions/identifiers.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

struct Filling {
  Relation table;
  std::string column;
  std::string value;   // an expression
  std::string wanted;  // a predicate: the rows left; false for a row that was set
};

std::unique_ptr<const StepPlan> filling(Filling filling);

}  // namespace occam::rewriter
