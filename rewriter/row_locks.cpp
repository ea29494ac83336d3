#include "rewriter/row_locks.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "rewriter/definitions/identifiers.hpp"

namespace occam::rewriter {
namespace {

std::string parameter(std::size_t number) { return "$" + std::to_string(number); }

std::string select(const std::string& table, const std::string& where) {
  return "SELECT 1 FROM " + table + " WHERE " + where + " FOR UPDATE";
}

bool is_parameter(Node node, std::int64_t number) {
  return node.type() == "ParamRef" && node.number("number") == number;
}

// Where the parameter stands in `column = $number`, either way round, or with a cast; else far off.
std::int64_t beside_column(Node comparison, std::int64_t number) {
  for (const auto& [left, right] : {std::pair{"lexpr", "rexpr"}, {"rexpr", "lexpr"}}) {
    Node value = comparison.at(right);
    if (value.type() == "TypeCast") value = value.at("arg");
    if (comparison.at(left).type() == "ColumnRef" && is_parameter(value, number)) {
      return value.number("location");
    }
  }
  return std::numeric_limits<std::int64_t>::max();
}

}  // namespace

const TableRule* keyed_rule(Node table, const RewriterOptions& options) {
  if (table.type() != "RangeVar" || !table.flag("inh") || table.at("catalogname")) return nullptr;
  if (table.at("alias").at("colnames")) return nullptr;
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

bool types_by_key(Node statement, const RowKey& row) {
  return std::all_of(row.key.begin(), row.key.end(), [&](const ValueSource& source) {
    if (source.kind != ValueSource::Kind::parameter) return true;
    const auto number = static_cast<std::int64_t>(source.number);
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    std::int64_t beside = first;
    walk(statement, [&](Node node) {
      if (is_parameter(node, number)) first = std::min(first, node.number("location"));
      if (node.type() == "A_Expr") beside = std::min(beside, beside_column(node, number));
      return true;
    });
    return first == beside;
  });
}

bool may_leave_lock_out(const TableRule& rule) {
  return rule.update == UpdateRule::version_check && rule.share != ShareRule::key_share &&
         rule.share != ShareRule::auto_;
}

bool shares_by_key(const TableRule& rule, const RewriterOptions& options) {
  if (options.dialect == Dialect::dsql_2025) return false;  // it has no FOR KEY SHARE
  return rule.share == ShareRule::key_share || rule.share == ShareRule::auto_;
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
