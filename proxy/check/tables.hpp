// Verdicts on the tables that the rules are about: whether they are there, and of the types that
// Occam stores in. Holds the question beside the verdict on its answer. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "rewriter/dialect.hpp"
#include "rewriter/table_rules.hpp"

#include "proxy/check/finding.hpp"
#include "proxy/upstream/line.hpp"

namespace occam::check {

// Every column of the tables in the schema that names without one are looked up in.
inline constexpr std::string_view columns_question =
    "SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) "
    "FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
    "WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND a.attnum > 0 "
    "AND NOT a.attisdropped";
using Columns = std::map<std::string, std::string, std::less<>>;  // the type by name
using Tables = std::map<std::string, Columns, std::less<>>;
Tables tables_of(const upstream::Answer& answer);

// Whether the rules name tables that every Temporal has.
bool name_temporal(const rewriter::TableRules& rules);
// The database in which to look; empty: nobody has said.
std::string database_to_look_in(const std::string& chosen, const rewriter::TableRules& rules);
Finding no_database(const std::string& database, const std::string& reason);
// At least one finding.
Findings judge_tables(const Tables& tables, const rewriter::TableRules& rules,
                      const std::string& database, rewriter::Server server);

}  // namespace occam::check
