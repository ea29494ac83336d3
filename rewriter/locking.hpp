// Row locks that DSQL does not know become locks that it does: tree in, edits and changes out.
// The tree decides, the tokens locate. Knows the dialect and the table rules; does not apply its
// edits and does not judge their proof. What it hands out owns its memory.
#pragma once

#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

// No edits: nothing to do, or a clause could not be found in the text.
Translation rewrite_locks(const Reading& reading, const RewriterOptions& options);

}  // namespace occam::rewriter
