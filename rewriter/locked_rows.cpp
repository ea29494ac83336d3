#include "rewriter/locked_rows.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "rewriter/column_values.hpp"
#include "rewriter/conjuncts.hpp"
#include "rewriter/row_locks.hpp"

namespace occam::rewriter {
namespace {

// What follows looks at each for every column; nobody locks rows by more.
constexpr std::size_t most_conditions = 200;

bool holds(Node tree, std::initializer_list<std::string_view> types) {
  bool found = false;
  walk(tree, [&](Node node) {
    found = found || std::find(types.begin(), types.end(), node.type()) != types.end();
    return !found;
  });
  return found;
}

// One answer row for each row that is locked. A function in the list of outputs may answer with
// none or several; an aggregate folds them.
bool shows_each_row(Node select) {
  for (const char* field : {"distinctClause", "groupClause", "havingClause", "windowClause",
                            "intoClause", "limitCount", "limitOffset"}) {
    if (select.at(field)) return false;
  }
  return select.text("op") == "SETOP_NONE" &&
         !holds(select.at("targetList"), {"FuncCall", "SubLink"});
}

// Locks go by the whole key of one table, and a transaction has one snapshot.
bool by_key_alone(const RewriterOptions& options) {
  return options.dialect == Dialect::dsql_2025 && options.server == Server::aurora_dsql;
}

struct Sources {
  std::vector<Node> tables;
  std::vector<Node> conditions;  // of inner joins
};

bool gather(Node item, Sources& sources) {
  if (item.type() == "RangeVar") {
    sources.tables.push_back(item);
    return true;
  }
  if (item.type() != "JoinExpr" || item.text("jointype") != "JOIN_INNER" || item.at("alias") ||
      item.at("usingClause") || item.flag("isNatural")) {
    return false;
  }
  if (item.at("quals")) sources.conditions.push_back(item.at("quals"));
  return gather(item.at("larg"), sources) && gather(item.at("rarg"), sources);
}

std::optional<Sources> sources_of(Node select) {
  Sources sources;
  for (Node item = select.at("fromClause").first(); item; item = item.next()) {
    if (!gather(item, sources)) return std::nullopt;
  }
  if (select.at("whereClause")) sources.conditions.push_back(select.at("whereClause"));
  return sources;
}

std::string_view name_in(Node table) {
  const Node alias = table.at("alias");
  return alias ? alias.text("aliasname") : table.text("relname");
}

bool is_locked(Node clause, Node table) {
  const Node list = clause.at("lockedRels");
  if (!list) return true;
  const std::string_view name = name_in(table);
  for (Node relation = list.first(); relation; relation = relation.next()) {
    if (relation.text("relname") == name) return true;
  }
  return false;
}

// Otherwise the server has an error to tell.
bool names_only(Node clause, const std::vector<Node>& tables) {
  for (Node one = clause.at("lockedRels").first(); one; one = one.next()) {
    const bool found =
        !one.at("schemaname") && std::any_of(tables.begin(), tables.end(), [&](Node table) {
          return name_in(table) == one.text("relname");
        });
    if (!found) return false;
  }
  return true;
}

class Judgement {
 public:
  Judgement(const Reading& reading, const RewriterOptions& options, Node select, Sources sources)
      : options_(options),
        select_(select),
        clause_(select.at("lockingClause").first()),
        sources_(std::move(sources)),
        values_(sources_.tables, reading.text) {
    for (const Node condition : sources_.conditions) values_.require(condition);
    values_.give_out(select.at("targetList"));
  }

  LockedRows judge() const {
    const bool one = sources_.tables.size() == 1;
    const auto rows = rows_of();
    const bool shown = rows && shows_each_row(select_);
    // A range is locked as it is read, where the dialect lets it: how many rows that are is not
    // known.
    const bool fixed = one && is_fixed();
    if (one && shown && (fixed || by_key_alone(options_)) && may_check_version(rows->front())) {
      return {LockFate::version_check, *rows};
    }
    if (fixed) return {LockFate::kept, rows && only_key() ? *rows : std::vector<RowKey>{}};
    // On a single snapshot it does not matter when in the transaction a row is locked.
    if (!by_key_alone(options_)) return {};
    if (shown) return {LockFate::by_key, *rows};
    if (all_by_primary_key()) return {LockFate::primary_key, {}};
    return {};
  }

 private:
  // Of the tables that are locked; nothing unless every key is known.
  std::optional<std::vector<RowKey>> rows_of() const {
    std::vector<RowKey> rows;
    for (std::size_t i = 0; i < sources_.tables.size(); ++i) {
      if (!is_locked(clause_, sources_.tables[i])) continue;
      const TableRule* rule = keyed_rule(sources_.tables[i], options_);
      if (rule == nullptr) return std::nullopt;
      RowKey row = row_of(sources_.tables[i], *rule, options_);
      for (std::size_t part = 0; part < rule->key.size(); ++part) {
        auto value = values_.known({i, rule->key[part]});
        if (!value) return std::nullopt;
        row.key[part] = std::move(*value);
      }
      if (!types_by_key(select_, row)) return std::nullopt;
      if (!rule->version.empty()) row.version = values_.output({i, rule->version});
      rows.push_back(std::move(row));
    }
    if (rows.empty()) return std::nullopt;
    return rows;
  }

  bool may_check_version(const RowKey& row) const {
    const TableRule& rule = options_.rules.tables.find(row.table)->second;
    return may_leave_lock_out(rule) && row.version &&
           !holds(select_.at("whereClause"), {"SubLink"});
  }

  // By equality on the whole key: what every dialect takes.
  bool is_fixed() const {
    const TableRule* rule = keyed_rule(sources_.tables.front(), options_);
    return rule != nullptr && std::all_of(rule->key.begin(), rule->key.end(), [&](const auto& key) {
             return values_.fixed({0, key}).has_value();
           });
  }

  // The row is locked if it is there: nothing else is asked of it, and it is not skipped.
  bool only_key() const {
    const TableRule& rule = *keyed_rule(sources_.tables.front(), options_);
    return is_locked(clause_, sources_.tables.front()) && !select_.at("limitCount") &&
           !select_.at("limitOffset") &&
           conjuncts(select_.at("whereClause")).size() == rule.key.size();
  }

  bool all_by_primary_key() const {
    return std::all_of(sources_.tables.begin(), sources_.tables.end(), [&](Node table) {
      const TableRule* rule = keyed_rule(table, options_);
      return !is_locked(clause_, table) ||
             (rule != nullptr && rule->update == UpdateRule::primary_key);
    });
  }

  const RewriterOptions& options_;
  Node select_;
  Node clause_;
  Sources sources_;
  ColumnValues values_;
};

}  // namespace

LockedRows locked_rows(const Reading& reading, const RewriterOptions& options) {
  if (reading.tree.statements().size() != 1) return {};
  const Node select = reading.tree.statements().front();
  const Node clause = select.at("lockingClause").first();
  if (select.type() != "SelectStmt" || !clause || clause.next() || select.at("withClause"))
    return {};
  if (clause.text("waitPolicy") != "LockWaitBlock") return {};
  auto sources = sources_of(select);
  if (!sources || sources->tables.empty()) return {};
  // Of several tables only the older dialect's locks are kept account of.
  if (sources->tables.size() > 1 && !by_key_alone(options)) return {};
  if (!names_only(clause, sources->tables)) return {};
  std::size_t conditions = 0;
  for (const Node condition : sources->conditions) conditions += conjuncts(condition).size();
  if (conditions > most_conditions || sources->tables.size() > most_conditions) return {};
  return Judgement(reading, options, select, std::move(*sources)).judge();
}

}  // namespace occam::rewriter
