// CREATE INDEX as DSQL builds indexes (facts/dsql.md §3.3), and DROP INDEX.
#pragma once

#include "rewriter/definitions/source_words.hpp"
#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

// `statement` is an IndexStmt.
void translate_index(Node statement, const SourceWords& words, const Reading& reading,
                     const RewriterOptions& options, Translation& translation);

// `statement` is a DropStmt of indexes.
void translate_index_drop(Node statement, const SourceWords& words, Translation& translation);

}  // namespace occam::rewriter
