// What the client is told of a change of type that cannot be carried out.
#pragma once

#include <string>

#include "rewriter/definitions/column_type_change.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

Outcome no_such_column(const ColumnTypeChange& change);
// The new type does not hold every value of the old one.
Outcome not_wider(const ColumnTypeChange& change, const std::string& type);
Outcome used(const ColumnTypeChange& change, const std::string& users);
// The name of NOT NULL.
Outcome name_taken(const ColumnTypeChange& change);
Outcome in_the_way(const ColumnTypeChange& change);

}  // namespace occam::rewriter
