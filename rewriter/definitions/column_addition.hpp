// ADD COLUMN with constraints, which DSQL has not (facts/dsql.md §3.4): the pieces of an
// Alteration.
#pragma once

#include "rewriter/definitions/alteration_steps.hpp"
#include "rewriter/definitions/questions.hpp"
#include "rewriter/definitions/source_words.hpp"

namespace occam::rewriter {

// `column` is the ColumnDef of an AT_AddColumn. Whether DSQL would refuse it, or the rules change
// it.
bool needs_steps(Node column, const TableRule* rule);

// Adds to the alteration what the column needs; or why it cannot be had.
Refused add_column(Node column, const SourceWords& words, const TableRule* rule,
                   Alteration& alteration);

}  // namespace occam::rewriter
