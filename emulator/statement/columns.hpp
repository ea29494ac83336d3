// Reads columns, their types and their constraints out of a parse tree. Pure.
#pragma once

#include "rewriter/parse_tree.hpp"

#include "emulator/statement/definition.hpp"

namespace emulator {

TypeName read_type(occam::rewriter::Node type_name);
// A ColumnDef. What its key constraints cover is the column itself.
Column read_column(occam::rewriter::Node column);
// A Constraint node; nothing for the attributes that belong to the one before (DEFERRABLE ...).
std::optional<Constraint> read_constraint(occam::rewriter::Node constraint);
// CACHE in the options of a sequence.
std::optional<std::int64_t> read_cache(occam::rewriter::Node options);

}  // namespace emulator
