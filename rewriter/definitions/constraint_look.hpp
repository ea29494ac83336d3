// What a constraint of a name is: the question to the catalog, and what to make of the answer.
#pragma once

#include <string>
#include <string_view>

#include "rewriter/definitions/identifiers.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

// A row if there is one of the name: whether it is valid, and what `own` says of it.
std::string look_text(const Relation& table, const std::string& name, const std::string& own);
bool is_of_another(const Outcome& found);

Order name_is_taken(const Relation& table, const std::string& name);
Outcome exists(const Relation& table, const std::string& name);

// SQL over pg_constraint: its column meets a condition on pg_attribute, a; it is a constraint of
// this column; it is the NOT NULL that Occam sets, of a row of pg_attribute.
std::string of_attribute(std::string_view column, const std::string& condition);
std::string of_column(std::string_view column);
std::string proves_not_null(const std::string& constraint, const std::string& attribute);

}  // namespace occam::rewriter
