// Aurora DSQL has one database (facts/dsql.md §2): the client's databases are schemas of it.
// CREATE and DROP DATABASE, and what asks the catalog for the tables of schema public. Who connects
// to a database gets its search_path elsewhere. Knows no other rewrite.
#pragma once

#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

Translation translate_databases(const Reading& reading, const RewriterOptions& options);

}  // namespace occam::rewriter
