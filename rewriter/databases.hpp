// Aurora DSQL has one database (facts/dsql.md §2): the client's databases are schemas of it.
// CREATE and DROP DATABASE, and what else is said of one. Who connects
// to a database gets its search_path elsewhere. Knows no other rewrite.
#pragma once

#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

Translation translate_databases(const Reading& reading, const RewriterOptions& options);

}  // namespace occam::rewriter
