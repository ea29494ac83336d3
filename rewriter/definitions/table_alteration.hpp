// ALTER TABLE: what DSQL has passes as it is, what it has not is done in steps, and what no step
// can give is refused (facts/dsql.md §3.4).
#pragma once

#include "rewriter/definitions/source_words.hpp"
#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

// `statement` is an AlterTableStmt.
void translate_alteration(Node statement, const SourceWords& words, const RewriterOptions& options,
                          Translation& translation);

// ALTER TABLE RENAME, of a table or column that the rules name: a RenameStmt.
void judge_rename(Node statement, const RewriterOptions& options, Translation& translation);

}  // namespace occam::rewriter
