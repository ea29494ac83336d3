// A DELETE whose number of rows nobody looks at, as its table's rule says. Run again after a
// conflict it may find another number, and its transaction is the same to the client all the same.
#pragma once

#include "rewriter/parse_tree.hpp"
#include "rewriter/table_rules.hpp"

namespace occam::rewriter {

// Of a text with this statement only.
bool is_blind_delete(const ParseTree& tree, const TableRules& rules);

}  // namespace occam::rewriter
