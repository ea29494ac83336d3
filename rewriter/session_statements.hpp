// SET and RESET of what DSQL does not let a session set: without effect where the configuration
// calls it harmless, refused otherwise (facts/dsql.md §3.7). Knows no other rewrite.
#pragma once

#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

Translation translate_session_statements(const Reading& reading, const RewriterOptions& options);

}  // namespace occam::rewriter
