#include "rewriter/row_locks.hpp"

#include <algorithm>

#include "rewriter/definitions/identifiers.hpp"

namespace occam::rewriter {
namespace {

std::string parameter(std::size_t number) { return "$" + std::to_string(number); }

std::string select(const std::string& table, const std::string& where) {
  return "SELECT 1 FROM " + table + " WHERE " + where + " FOR UPDATE";
}

}  // namespace

const TableRule* keyed_rule(Node table, const RewriterOptions& options) {
  if (table.type() != "RangeVar" || !table.flag("inh") || table.at("catalogname")) return nullptr;
  const auto rule = options.rules.tables.find(table.text("relname"));
  if (rule == options.rules.tables.end() || rule->second.key.empty()) return nullptr;
  return &rule->second;
}

std::string equal(const TableRule& rule, const std::string& column, std::string_view value,
                  const RewriterOptions& options) {
  const bool hex =
      options.server == Server::aurora_dsql &&
      std::find(rule.binary_keys.begin(), rule.binary_keys.end(), column) != rule.binary_keys.end();
  return quote_ident(column) + " = " +
         (hex ? "encode(" + std::string(value) + ",'hex')" : std::string(value));
}

bool shares_by_key(const TableRule& rule, const RewriterOptions& options) {
  if (options.dialect == Dialect::dsql_2025) return false;  // it has no FOR KEY SHARE
  return rule.share == ShareRule::key_share ||
         (rule.share == ShareRule::auto_ && options.key_share_proven);
}

RowKey row_of(Node table, const TableRule& rule, const RewriterOptions& options) {
  RowKey row;
  row.table = std::string(table.text("relname"));
  const std::string written = Relation(table).quoted();
  std::string where;
  for (const std::string& column : rule.key) {
    if (!where.empty()) where += " AND ";
    where += equal(rule, column, parameter(row.key.size() + 1), options);
    row.key.emplace_back();
  }
  row.lock = select(written, where);
  if (!rule.version.empty() && options.server == Server::postgresql) {
    where += " AND " + equal(rule, rule.version, parameter(rule.key.size() + 1), options);
    row.check = "SELECT 1 / count(*) FROM (" + select(written, where) + ") AS locked";
  }
  return row;
}

}  // namespace occam::rewriter
