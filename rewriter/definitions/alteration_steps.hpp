// ALTER TABLE in steps: what is added first and marked as unfinished, then filled and proven, and
// last, together with the mark, what needs no steps. A run that broke off leaves the mark, by which
// the same statement sent again goes on. Knows no parse tree, no rule.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "rewriter/definitions/identifiers.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

// Actions are words of ALTER TABLE, each without comma.
struct Alteration {
  Relation table;
  std::string subject;  // for the mark's name, such as the first column
  std::vector<std::string> first;
  bool adds_columns = false;
  std::vector<std::unique_ptr<const StepPlan>> inner;
  std::vector<std::string> last;
  std::set<std::string, std::less<>> constraints;  // the names of those that it adds
  std::vector<std::string> undo;                   // should `inner` or `last` fail
  // ADD COLUMN IF NOT EXISTS: one that is there is no error.
  bool if_not_exists = false;
};

std::unique_ptr<const StepPlan> alteration(Alteration alteration);

}  // namespace occam::rewriter
