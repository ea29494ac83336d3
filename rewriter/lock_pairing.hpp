// Which place in the text is which clause of the tree. A clause carries no position and the walk's
// order is not the text's, so each place is marked by a name in its OF list and the marked text is
// parsed: the tree itself says which clause got which mark.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rewriter/lock_sites.hpp"
#include "rewriter/locked_tables.hpp"
#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// One entry per clause, in the clauses' order; nothing where no place was found.
std::vector<std::optional<LockSite>> pair_with_sites(const std::vector<LockClause>& clauses,
                                                     const std::string& text,
                                                     const std::vector<Token>& tokens);

}  // namespace occam::rewriter
