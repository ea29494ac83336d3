// Types as format_type() spells them, so that a type in a statement, one in the rules and one in
// the catalog can be compared. Knows DSQL's storable types (facts/dsql.md §3.5), no rule.
#pragma once

#include <string>
#include <string_view>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// "character varying(64)". Types that are not in the table keep the name they have.
std::string spelled_type(Node type_name);
// The same for a type in words; empty if they are none.
std::string spelled_type(const std::string& words);

bool is_bytea(Node type_name);
// serial and its like: "bigserial"; empty for any other type.
std::string_view serial_type(Node type_name);

// Whether every value of the one, as spelled, is the same value of the other, and looks the same to
// a client: lengths of character varying may grow, or go.
bool widens(std::string_view from, std::string_view to);

// Whether a column of the one may become one of the other: every value stays, and none can fail.
bool holds_every_value(std::string_view wider, std::string_view narrower);

}  // namespace occam::rewriter
