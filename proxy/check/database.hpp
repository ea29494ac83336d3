// Verdicts on what stands upstream: which server, its clock, its locks, the tables of the rules.
// Holds the questions beside the verdicts on their answers. Pure.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "rewriter/table_rules.hpp"

#include "config/listener.hpp"

#include "proxy/check/finding.hpp"
#include "proxy/upstream/line.hpp"
#include "proxy/upstream/locking_probe.hpp"

namespace occam::check {

// Aurora DSQL has it, and PostgreSQL does not (facts/dsql.md §0.23).
inline constexpr std::string_view kind_question = "SELECT 1 FROM sys.jobs LIMIT 0";
Finding judge_kind(const upstream::Answer& answer, rewriter::Server expected);

// Milliseconds since 1970, without a fraction.
inline constexpr std::string_view clock_question =
    "SELECT round(extract(epoch FROM now()) * 1000)::bigint";
// `here`: this machine's time when the server was asked.
Finding judge_clock_answer(const upstream::Answer& answer,
                           std::chrono::system_clock::time_point here,
                           config::UpstreamAuthentication by);
// `ahead`: by how much the server's clock is before this machine's.
Finding judge_clock(std::chrono::milliseconds ahead, config::UpstreamAuthentication by);

Finding judge_locks(const upstream::LockingFinding& found,
                    const std::optional<rewriter::Dialect>& configured,
                    const rewriter::TableRules& rules);

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

// Of all; not empty.
Finding judge_round_trips(std::vector<std::chrono::microseconds> times);

// As people read it: 12.3 ms.
std::string milliseconds_text(std::chrono::microseconds time);

}  // namespace occam::check
