// An index built as DSQL builds them, and waited for as PostgreSQL's client does
// (facts/dsql.md §3.3). Knows the catalog and sys.jobs; no parse tree, no rule.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rewriter/definitions/identifiers.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

struct IndexBuild {
  Relation table;
  std::string name;
  std::string text;  // CREATE [UNIQUE] INDEX ASYNC name ...
  bool if_not_exists = false;
  // Not empty: a valid unique index of this name over these columns of the table is taken as built.
  std::vector<std::string> adopted_keys;
};

std::unique_ptr<const StepPlan> index_build(IndexBuild build);

}  // namespace occam::rewriter
