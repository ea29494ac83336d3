// What a text does to single rows of tables that have a rule with a key, for the relay
// (row_access.hpp). Reads and writes are told by the client's own tree, their texts made of what is
// sent.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rewriter/parse_tree.hpp"
#include "rewriter/rewrite.hpp"
#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

// Null: nothing that the relay must keep account of. `text` is what is sent, `tree` its tree,
// `changes` what was made of the reading.
std::unique_ptr<const RowAccess> row_access(const Reading& reading, const std::string& text,
                                            const ParseTree& tree,
                                            const std::vector<Change>& changes,
                                            const RewriterOptions& options);

}  // namespace occam::rewriter
