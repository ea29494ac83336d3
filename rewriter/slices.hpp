// A DELETE above DSQL's limit of rows, cut into slices (facts/dsql.md §2). Knows the table rules.
#pragma once

#include <memory>
#include <string>

#include "rewriter/parse_tree.hpp"
#include "rewriter/rewriter.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

// Null: no DELETE, or its table's rule does not let it be cut. `text` is what would be sent, with
// all other rewrites made; `tree` is its tree.
std::unique_ptr<const StepPlan> slice(const std::string& text, const ParseTree& tree,
                                      const RewriterOptions& options);

}  // namespace occam::rewriter
