// The names that PostgreSQL gives to output columns, and names as they are written. Knows SQL, no
// rule. Views into the tree.
#pragma once

#include <string>
#include <string_view>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// What an unnamed output column is called (FigureColname in PostgreSQL's parse_target.c).
std::string_view figured_name(Node expression);

// The column that an unnamed output takes its name from; empty if from none.
Node naming_column(Node expression);

// The last part of a column reference; empty for a star.
std::string_view column_name(Node column_ref);
bool is_star(Node column_ref);

// In quotes where it could not be written without; behind AS and a dot any keyword may stand.
std::string written(std::string_view name);
// The same where no keyword may stand.
std::string written_first(std::string_view name);

}  // namespace occam::rewriter
