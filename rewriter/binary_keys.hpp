// Columns of type bytea that DSQL cannot have in a key are stored as hex text, and translated in
// SQL: what goes in through encode(), what comes out through decode(), so that the client sees
// bytea in either format and the server does the work. Hex keeps the order of bytes under the C
// collation. Knows the table rules; no other rewrite.
#pragma once

#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

// Nothing where no column of `binary_keys` is met.
Translation translate_binary_keys(const Reading& reading, const RewriterOptions& options);

}  // namespace occam::rewriter
