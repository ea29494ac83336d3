#include <algorithm>

#include "rewriter/binary_keys/names.hpp"
#include "rewriter/binary_keys/translator.hpp"

namespace occam::rewriter {
namespace {

constexpr std::size_t most_sources = 200;
// More than a SELECT list may have (1,664); each WITH query may double those of the one before.
constexpr std::size_t most_columns = 2000;

bool holds_keys(const Scope& scope) {
  return std::any_of(scope.sources.begin(), scope.sources.end(),
                     [](const Source& source) { return source.rule != nullptr; });
}

bool has_key(const Scope& scope, std::string_view column) {
  return std::any_of(scope.sources.begin(), scope.sources.end(),
                     [&](const Source& source) { return source.has_key(column); });
}

// Column aliases take the place of the first columns' names.
void rename(Node names, std::vector<std::string_view>& columns) {
  std::size_t at = 0;
  for (Node name = names.first(); name; name = name.next(), ++at) {
    if (at < columns.size()) {
      columns[at] = name.text("sval");
    } else {
      columns.push_back(name.text("sval"));
    }
  }
}

}  // namespace

Scope Translator::scope_of(Node from, const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  for (Node item = from.first(); item; item = item.next()) add_sources(item, outer, scope);
  return scope;
}

void Translator::add_sources(Node item, const Scope* outer, Scope& scope) {
  if (scope.sources.size() >= most_sources) {  // names are looked for one by one
    return refuse("a FROM of more than " + std::to_string(most_sources) + " items", "Use fewer.");
  }
  const std::string_view type = item.type();
  if (type == "RangeVar") {
    scope.sources.push_back(table(item));
  } else if (type == "RangeTableSample") {
    add_sources(item.at("relation"), outer, scope);
  } else if (type == "JoinExpr") {
    add_join(item, outer, scope);
  } else if (type == "RangeSubselect") {
    scope.sources.push_back(sub_select(item, item.flag("lateral") ? &scope : outer));
  } else {
    Source source;
    source.name = item.at("alias").text("aliasname");
    scope.sources.push_back(std::move(source));
  }
}

void Translator::add_join(Node join, const Scope* outer, Scope& scope) {
  Scope left;  // LATERAL sees what stands before it
  Scope right;
  left.outer = &scope;
  right.outer = &left;
  add_sources(join.at("larg"), outer, left);
  add_sources(join.at("rarg"), outer, right);
  const bool keys = holds_keys(left) || holds_keys(right);
  if (keys && join.flag("isNatural")) {
    refuse("NATURAL JOIN of a table with binary keys", "Write JOIN ... ON.");
  }
  for (Node name = join.at("usingClause").first(); name; name = name.next()) {
    scope.merges = true;
    const std::string_view column = name.text("sval");
    if (has_key(left, column) != has_key(right, column)) {
      refuse("USING (" + std::string(column) + "), which is a binary key on one side only",
             "Write JOIN ... ON.");
    }
  }
  scope.merges = scope.merges || left.merges || right.merges;
  if (join.at("alias") || join.at("join_using_alias")) {
    if (keys) refuse("an alias of a join of a table with binary keys", "Leave the alias out.");
    Source source;
    source.name = join.at(join.at("alias") ? "alias" : "join_using_alias").text("aliasname");
    scope.sources.push_back(std::move(source));
    if (join.at("alias")) return;
  }
  for (Scope* side : {&left, &right}) {
    std::move(side->sources.begin(), side->sources.end(), std::back_inserter(scope.sources));
  }
}

Source Translator::table(Node range_var) {
  const Node alias = range_var.at("alias");
  Source source;
  source.name = alias ? alias.text("aliasname") : range_var.text("relname");
  source.table = range_var.text("relname");
  if (!alias) source.schema = range_var.text("schemaname");
  if (range_var.field() != "relation" && !range_var.at("schemaname")) {
    // The one named last hides the others.
    const auto found = std::find_if(with_.rbegin(), with_.rend(), [&](const WithQuery& query) {
      return query.name == source.table;
    });
    if (found != with_.rend()) {
      source.known = found->known;
      source.columns = found->columns;
      if (source.known) rename(alias.at("colnames"), source.columns);
      return source;
    }
  }
  source.rule = rule_of(range_var, rules_);
  const TableRule* rule = any_rule_of(range_var, rules_);
  if (rule != nullptr) source.columns.assign(rule->columns.begin(), rule->columns.end());
  source.known = !source.columns.empty();
  if (source.rule == nullptr) {
    rename(alias.at("colnames"), source.columns);
    return source;
  }
  if (alias.at("colnames")) {
    refuse("names given to the columns of " + std::string(source.table) + " in FROM",
           "Give the names in the SELECT list.");
  }
  return source;
}

Source Translator::sub_select(Node item, const Scope* outer) {
  Source source;
  const Node alias = item.at("alias");
  source.name = alias.text("aliasname");
  source.known = columns_of(item.at("subquery"), outer, source.columns);
  if (source.known) rename(alias.at("colnames"), source.columns);
  return source;
}

// The names of a query's outputs; false if they cannot all be known.
bool Translator::columns_of(Node query, const Scope* outer,
                            std::vector<std::string_view>& columns) {
  if (query.type() != "SelectStmt" || query.at("valuesLists")) return false;
  const std::size_t outside = with_.size();
  with(query.at("withClause"), outer, false);
  bool known = true;
  if (query.at("larg")) {
    known = columns_of(query.at("larg"), outer, columns);
  } else {
    std::optional<Scope> scope;
    for (Node target = query.at("targetList").first(); target; target = target.next()) {
      const Node value = target.at("val");
      if (value.type() != "ColumnRef" || !is_star(value)) {
        columns.push_back(target.at("name") ? target.text("name") : figured_name(value));
        continue;
      }
      if (!scope) scope = scope_of(query.at("fromClause"), outer);
      const auto add = [&](const Source& source) {
        known = known && source.known && columns.size() + source.columns.size() <= most_columns;
        if (known) columns.insert(columns.end(), source.columns.begin(), source.columns.end());
      };
      if (value.at("fields").first().next()) {
        const Source* one = source_of_star(value, &*scope);  // may be an outer query's
        known = known && one != nullptr;
        if (one != nullptr) add(*one);
      } else {
        known = known && !scope->merges;
        for (const Source& source : scope->sources) add(source);
      }
    }
  }
  with_.resize(outside);
  return known;
}

// Makes the names of a WITH visible; the caller takes them back by their number.
void Translator::with(Node clause, const Scope* outer, bool translate) {
  if (!clause) return;
  const bool recursive = clause.flag("recursive");
  const Node first = clause.at("ctes").first();
  const std::size_t begin = with_.size();
  for (Node cte = first; recursive && cte; cte = cte.next()) {
    with_.push_back({cte.text("ctename"), false, {}});
  }
  std::size_t at = begin;
  for (Node cte = first; cte; cte = cte.next(), ++at) {
    const Node inner = cte.at("ctequery");
    if (translate && inner.type() == "SelectStmt") query(inner, outer, {});
    if (translate && inner.type() != "SelectStmt") write(inner, outer);
    WithQuery made{cte.text("ctename"), false, {}};
    made.known = !cte.at("search_clause") && !cte.at("cycle_clause") &&
                 columns_of(inner, outer, made.columns);
    if (made.known) rename(cte.at("aliascolnames"), made.columns);
    if (recursive) {
      with_[at] = std::move(made);
    } else {
      with_.push_back(std::move(made));
    }
  }
}

}  // namespace occam::rewriter
