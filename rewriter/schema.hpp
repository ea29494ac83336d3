// Definitions (DDL) in the words that DSQL has, or in the steps that end in the same meaning
// (facts/dsql.md §3.3, §3.4). Knows the table rules; no other rewrite.
#pragma once

#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

Translation translate_definitions(const Reading& reading, const RewriterOptions& options);

}  // namespace occam::rewriter
