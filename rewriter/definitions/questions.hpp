// What the table rules and DSQL ask of a definition: the questions that CREATE TABLE, CREATE INDEX
// and ALTER TABLE share, and the refusals they end in. Pure questions about nodes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rewriter/parse_tree.hpp"
#include "rewriter/rewrite.hpp"
#include "rewriter/table_rules.hpp"

namespace occam::rewriter {

// Null if the table has none. By the name in a RangeVar, without schema.
const TableRule* rule_for(const TableRules& rules, Node range_var);
bool is_binary_key(const TableRule* rule, std::string_view column);

// Whether an expression names one of the table's binary keys.
bool names_binary_key(const TableRule* rule, Node expression);

// The type the rules ask for, if every value and every client stays as it is; else empty.
std::string wider_type(const TableRule* rule, std::string_view column, Node type_name);

// The names in a list of String nodes.
std::vector<std::string> names_in(Node list);
bool is_contype(Node constraint, std::string_view contype);

using Refused = std::unique_ptr<const Refusal>;
Refused refused(std::string message, std::string hint);

Refused refused_binary_key(std::string_view table, std::string_view column);
// A column that the rule lists and that is not of type bytea.
Refused refused_key_type(std::string_view table, std::string_view column);
Refused refused_expression(std::string_view table);
Refused refused_default(std::string_view table, std::string_view column);
Refused refused_serial(std::string_view type);

}  // namespace occam::rewriter
