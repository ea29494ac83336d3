// Row locks that DSQL does not know become locks that it does: tree in, edits and changes out.
// The tree decides, the tokens locate. Knows the dialect and the table rules; does not apply its
// edits and does not judge their proof. What it hands out owns its memory.
#pragma once

#include <string>
#include <vector>

#include "rewriter/edit.hpp"
#include "rewriter/parse_tree.hpp"
#include "rewriter/rewrite.hpp"
#include "rewriter/rewriter.hpp"
#include "rewriter/same_tree.hpp"

namespace occam::rewriter {

struct LockRewrite {
  Edits edits;
  std::vector<Change> changes;
  Substitutions expected;  // what the edits must make of the tree, and nothing else
};

// `parsed` is what `tree` and `tokens` were read from; `share_modes` holds where in it
// FOR SHARE stands for LOCK IN SHARE MODE of `original`, which is otherwise the same. The edits
// apply to `original`. No edits: nothing to do, or a clause could not be found in the text.
LockRewrite rewrite_locks(const std::string& original, const std::string& parsed,
                          const ParseTree& tree, const std::vector<Token>& tokens,
                          const std::vector<Span>& share_modes, const RewriterOptions& options);

}  // namespace occam::rewriter
