// From a statement's tree to the plain Statement. Conservative: what is not proven to be read-only
// is write, and what is not known is unknown. Knows no rule of ours.
#pragma once

#include "rewriter/parse_tree.hpp"
#include "rewriter/statement.hpp"

namespace occam::rewriter {

Statement classify(Node statement);

}  // namespace occam::rewriter
