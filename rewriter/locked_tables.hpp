// Which tables a locking clause locks: those of its OF list, or all of its FROM, sub-selects
// included and WITH queries left out, as PostgreSQL does it. Knows no rule.
#pragma once

#include <string_view>
#include <vector>

#include "rewriter/parse_tree.hpp"
#include "rewriter/scope.hpp"

namespace occam::rewriter {

struct LockClause {
  Node node;
  // Real names, not aliases; one table met twice is there twice. Views into the tree.
  std::vector<std::string_view> tables;
};

// In the order of the walk, which is not the order in the text.
std::vector<LockClause> lock_clauses(const ParseTree& tree);

}  // namespace occam::rewriter
