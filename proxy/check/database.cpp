#include "proxy/check/database.hpp"

#include <algorithm>

namespace occam::check {
namespace {

using namespace std::chrono_literals;
using rewriter::Dialect;
using rewriter::Server;

constexpr auto clock_warns = 5s;
constexpr auto clock_fails = 5min;  // the signature of an IAM token is good for about as much
constexpr auto schema_tool = "run temporal-sql-tool through Occam, which makes them";

void add(std::string& list, std::string_view word) {
  if (!list.empty()) list += ", ";
  list += word;
}

std::string tables_with_auto(const rewriter::TableRules& rules) {
  std::string list;
  for (const auto& [name, rule] : rules.tables)
    if (rule.share == rewriter::ShareRule::auto_) add(list, name);
  return list;
}

const char* dialect_text(Dialect dialect) {
  return dialect == Dialect::dsql_2025 ? "2025" : "current";
}

// What table rules make of the locks.
std::string consequence(const upstream::LockingFinding& found, const rewriter::TableRules& rules) {
  const auto tables = tables_with_auto(rules);
  if (tables.empty()) return "no table rule depends on it";
  return std::string("FOR SHARE becomes ") +
         (found.key_share_proven ? "FOR KEY SHARE" : "FOR UPDATE") + " on " + tables;
}

Findings judge_binary_keys(const Tables& tables, const rewriter::TableRules& rules) {
  Findings found;
  std::size_t columns = 0;
  for (const auto& [name, rule] : rules.tables) {
    const auto table = tables.find(name);
    if (table == tables.end()) continue;
    for (const auto& column : rule.binary_keys) {
      const auto type = table->second.find(column);
      ++columns;
      if (type != table->second.end() && type->second == "text") continue;
      found.push_back(fail(
          name + "." + column +
              (type == table->second.end() ? " is not there"
                                           : " is " + type->second + ", but Occam keeps hex in it"),
          "make the schema through Occam, which makes the column of type text"));
    }
  }
  if (found.empty() && columns > 0)
    found.push_back(ok("binary key columns of type text: " + std::to_string(columns)));
  return found;
}

}  // namespace

Finding judge_kind(const upstream::Answer& answer, Server expected) {
  // Without the right to read it, it is there all the same.
  const bool dsql = !answer.failed() || answer.code == "42501";
  const auto* seen = dsql ? "Aurora DSQL" : "PostgreSQL";
  if (answer.failed() && answer.code != "42P01" && answer.code != "3F000" && answer.code != "42501")
    return warn("cannot tell: " + answer.error(), "check again");
  if (dsql == (expected == Server::aurora_dsql))
    return ok(std::string(seen) + ", as upstream.server says");
  return fail(std::string("it is ") + seen +
                  (dsql ? ": it has sys.jobs" : ": it has no sys.jobs, which Aurora DSQL has"),
              std::string("set upstream.server: ") + (dsql ? "aurora_dsql" : "postgresql") +
                  ", or upstream.host to another server");
}

Finding judge_clock_answer(const upstream::Answer& answer,
                           std::chrono::system_clock::time_point here,
                           config::UpstreamAuthentication by) {
  const auto text = answer.rows.size() == 1 && answer.rows[0].size() == 1 ? answer.rows[0][0] : "";
  const auto time = config::parse_number(text);
  if (answer.failed() || !time)
    return warn("cannot tell: " + (answer.failed() ? answer.error() : "it answered " + text), "");
  const auto there = std::chrono::milliseconds(*time);
  return judge_clock(
      there - std::chrono::duration_cast<std::chrono::milliseconds>(here.time_since_epoch()), by);
}

Finding judge_clock(std::chrono::milliseconds ahead, config::UpstreamAuthentication by) {
  const auto apart = ahead < 0ms ? -ahead : ahead;
  const auto seconds = std::chrono::round<std::chrono::seconds>(apart);
  if (apart < clock_warns) return ok("as this machine's, to " + config::duration_text(clock_warns));
  const auto text = "this machine's clock is " + std::to_string(seconds.count()) + " s " +
                    (ahead > 0ms ? "behind" : "ahead of") + " the server's";
  const auto advice = "set it by NTP, such as with chronyc makestep";
  if (apart >= clock_fails && by == config::UpstreamAuthentication::iam)
    return fail(text + ": no token will be taken", advice);
  return warn(text, advice);
}

Finding judge_locks(const upstream::LockingFinding& found, const std::optional<Dialect>& configured,
                    const rewriter::TableRules& rules) {
  const auto follows = consequence(found, rules);
  if (!found.dialect) return warn(found.reason + "; " + follows, "");
  const auto text =
      std::string("dialect ") + dialect_text(*found.dialect) + "; " + found.reason + "; " + follows;
  if (configured && *configured != *found.dialect) {
    const auto advice =
        std::string("set rewriter.dialect: ") + dialect_text(*found.dialect) + ", or auto";
    if (*found.dialect == Dialect::dsql_2025)
      return fail(text + "; it refuses locks that rewriter.dialect says it has", advice);
    return warn(text + "; it has more locks than rewriter.dialect says", advice);
  }
  return found.key_share_proven || tables_with_auto(rules).empty() ? ok(text) : warn(text, "");
}

Tables tables_of(const upstream::Answer& answer) {
  Tables tables;
  for (const auto& row : answer.rows)
    if (row.size() == 3) tables[row[0]][row[1]] = row[2];
  return tables;
}

bool name_temporal(const rewriter::TableRules& rules) {
  return rules.tables.contains("shards") && rules.tables.contains("executions");
}

std::string database_to_look_in(const std::string& chosen, const rewriter::TableRules& rules) {
  if (!chosen.empty()) return chosen;
  return name_temporal(rules) ? "temporal" : "";
}

Finding no_database(const std::string& database, const std::string& reason) {
  return fail(reason, "create database " + database +
                          " through Occam, such as with temporal-sql-tool create-database, or name "
                          "another with --database");
}

Findings judge_tables(const Tables& tables, const rewriter::TableRules& rules,
                      const std::string& database, Server server) {
  std::string missing;
  std::size_t there = 0;
  for (const auto& [name, rule] : rules.tables) {
    if (tables.contains(name))
      ++there;
    else if (!rule.transient)
      add(missing, name);
  }
  const auto where = "in database " + database;
  if (there == 0) return {fail("none of the tables with a rule is there " + where, schema_tool)};
  Findings found;
  const auto count = std::to_string(there) + " tables with a rule are there " + where;
  if (missing.empty())
    found.push_back(ok(count));
  else
    found.push_back(warn(count + "; missing: " + missing,
                         std::string("unless this Temporal has them not, ") + schema_tool));
  if (server != Server::aurora_dsql) return found;
  for (auto& each : judge_binary_keys(tables, rules)) found.push_back(std::move(each));
  return found;
}

Finding judge_round_trips(std::vector<std::chrono::microseconds> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return ok(milliseconds_text(*middle) + ", median of " + std::to_string(times.size()) +
            " empty queries");
}

std::string milliseconds_text(std::chrono::microseconds time) {
  const auto tenths = (time.count() + 50) / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

}  // namespace occam::check
