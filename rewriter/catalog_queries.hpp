// What asks the catalog for the tables of schema public means those of the client's database, which
// is a schema of another name on Aurora DSQL (databases.hpp). Knows no other rewrite.
#pragma once

#include "rewriter/rewriter.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

Translation translate_catalog_queries(const Reading& reading, const RewriterOptions& options);

}  // namespace occam::rewriter
