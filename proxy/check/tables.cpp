#include "proxy/check/tables.hpp"

#include <utility>

namespace occam::check {

namespace {

using rewriter::Server;

constexpr auto schema_tool = "run temporal-sql-tool through Occam, which makes them";

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
      missing += (missing.empty() ? "" : ", ") + name;
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

}  // namespace occam::check
