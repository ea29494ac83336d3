// The rules file (config/temporal.yaml): YAML text to the rewriter's table rules. Shape:
//   tables: {<name>: {share: auto|key_share|for_update|drop, update: for_update|version_check|
//                     primary_key, key: [column], version: column, deletes: counted|blind,
//                     reason: text, binary_keys: [column], columns: [column], types: {column:
//                     type}, transient: true|false, split: [key column]}}
//   limits: {value: text, rows: text, transaction: text}   what to do where a limit is met
// Every mistake is reported at once. Pure; knows nothing of what a rule does.
#pragma once

#include <string>
#include <string_view>

#include "rewriter/table_rules.hpp"

#include "config/mistake.hpp"

namespace occam::config {

struct ParsedRules {
  rewriter::TableRules rules;
  Mistakes mistakes;  // not empty: the rules must not be used
};

ParsedRules parse_table_rules(std::string_view text, const std::string& file);

}  // namespace occam::config
