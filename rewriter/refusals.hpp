// Statements that Occam answers itself because DSQL has nothing that keeps their guarantee.
// Source: facts/dsql.md §1.6. Knows no rule of the operator.
#pragma once

#include <memory>

#include "rewriter/parse_tree.hpp"
#include "rewriter/rewrite.hpp"

namespace occam::rewriter {

// Null if the statement may be sent.
std::unique_ptr<const Refusal> refuse(Node statement);

}  // namespace occam::rewriter
