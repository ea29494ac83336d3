// CREATE TABLE in DSQL's words: identity columns for bigserial, text for binary keys, and from the
// start the types that it cannot change to later (facts/dsql.md §3.4, §3.5).
#pragma once

#include "rewriter/definitions/source_words.hpp"
#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

// `statement` is a CreateStmt. What it changes and expects is added to `translation`.
void translate_table(Node statement, const SourceWords& words, const RewriterOptions& options,
                     Translation& translation);

// Bare identity columns and sequences get the cache size that DSQL wants written (facts/dsql.md
// §3.4).
void translate_sequence(Node statement, const SourceWords& words, Translation& translation);

}  // namespace occam::rewriter
