#include "rewriter/binary_keys/names.hpp"
#include "rewriter/binary_keys/translator.hpp"

namespace occam::rewriter {
namespace {

bool is_default(Node value) { return value.type() == "SetToDefault"; }

// What DISTINCT and GROUP BY say of an expression must stand in the list as it is.
bool may_give_keys(Node select, const std::vector<bool>& keys) {
  if (select.at("larg")) {
    return may_give_keys(select.at("larg"), keys) && may_give_keys(select.at("rarg"), keys);
  }
  if (select.at("valuesLists")) return false;
  if (!select.at("distinctClause") && !select.at("groupClause")) return true;
  std::size_t at = 0;
  for (Node target = select.at("targetList").first(); target; target = target.next(), ++at) {
    const bool key = at < keys.size() && keys[at];
    if (key && target.at("val").type() != "ColumnRef") return false;
  }
  return true;
}

}  // namespace

void Translator::write(Node node, const Scope* outer) {
  const std::size_t outside = with_.size();
  with(node.at("withClause"), outer, true);
  const std::string_view type = node.type();
  if (type == "InsertStmt") {
    insert(node, outer);
  } else if (type == "UpdateStmt") {
    update(node, outer);
  } else if (type == "DeleteStmt") {
    remove(node, outer);
  }
  with_.resize(outside);
}

void Translator::insert(Node node, const Scope* outer) {
  const Source target = table(node.at("relation"));
  std::vector<bool> keys;
  for (Node column = node.at("cols").first(); column; column = column.next()) {
    keys.push_back(target.has_key(column.text("name")));
  }
  if (!node.at("cols")) {
    for (const std::string_view column : target.columns) keys.push_back(target.has_key(column));
  }
  const Node source = node.at("selectStmt");
  if (target.rule != nullptr && source && keys.empty()) {
    refuse("INSERT INTO " + std::string(target.table) + " without a list of columns",
           "Name the columns, or list them in the table's rule under `columns`.");
  }
  if (target.rule == nullptr) {
    query(source, outer, {});
  } else if (source.at("valuesLists")) {
    insert_values(node, keys, outer);
  } else if (source) {
    insert_query(source, keys, outer);
  }
  on_conflict(node.at("onConflictClause"), target, outer);
  const Scope scope{{target}, outer, false, true};
  targets(node.at("returningList"), scope, {});
}

void Translator::insert_values(Node node, const std::vector<bool>& keys, const Scope* outer) {
  const Node source = node.at("selectStmt");
  if (source.at("sortClause") || source.at("limitCount") || source.at("limitOffset") ||
      source.at("withClause")) {
    return refuse("INSERT ... VALUES with ORDER BY, LIMIT or WITH", "Leave these out.");
  }
  const auto rows = spans_.rows(static_cast<std::size_t>(node.at("relation").number("location")));
  std::size_t number = 0;
  for (Node row = source.at("valuesLists").first(); row; row = row.next(), ++number) {
    std::size_t at = 0;
    const Node items = row.type() == "List" ? row.at("items") : row;
    for (Node value = items.first(); value; value = value.next(), ++at) {
      const bool key = at < keys.size() && keys[at] && !is_default(value);
      if (!key) {
        expression(value, outer);
        continue;
      }
      const bool found = number < rows.size() && at < rows[number].size();
      encode(value, found ? std::optional(rows[number][at]) : std::nullopt, outer);
    }
  }
}

// A SELECT that gives hex where keys are written.
void Translator::insert_query(Node source, const std::vector<bool>& keys, const Scope* outer) {
  if (!may_give_keys(source, keys)) {
    return refuse("INSERT of such a query where a key is an expression",
                  "Insert from a sub-select: INSERT INTO ... SELECT a, b FROM (...) AS q.");
  }
  query(source, outer, {keys, false});
}

void Translator::on_conflict(Node clause, const Source& target, const Scope* outer) {
  if (!clause) return;
  Source excluded = target;
  excluded.name = "excluded";
  excluded.schema = {};
  const Scope scope{{target, excluded}, outer, false, true};
  const std::size_t before = pen_.size();
  const Scope alone{{target}, outer, false, true};
  expression(clause.at("infer"), &alone);
  if (pen_.size() != before) {
    refuse("ON CONFLICT with an expression over a binary key", "Name columns only.");
  }
  assignments(clause.at("targetList"), target, scope);
  expression(clause.at("whereClause"), &scope);
}

void Translator::update(Node node, const Scope* outer) {
  const Source target = table(node.at("relation"));
  Scope scope{{target}, outer, false, true};
  for (Node item = node.at("fromClause").first(); item; item = item.next()) {
    add_sources(item, outer, scope);
  }
  for (Node item = node.at("fromClause").first(); item; item = item.next()) {
    from_item(item, scope);
  }
  assignments(node.at("targetList"), target, scope);
  expression(node.at("whereClause"), &scope);
  targets(node.at("returningList"), scope, {});
}

void Translator::remove(Node node, const Scope* outer) {
  Scope scope{{table(node.at("relation"))}, outer, false, true};
  for (Node item = node.at("usingClause").first(); item; item = item.next()) {
    add_sources(item, outer, scope);
  }
  for (Node item = node.at("usingClause").first(); item; item = item.next()) {
    from_item(item, scope);
  }
  expression(node.at("whereClause"), &scope);
  targets(node.at("returningList"), scope, {});
}

void Translator::assignments(Node list, const Source& target, const Scope& scope) {
  for (Node one = list.first(); one; one = one.next()) {
    const Node value = one.at("val");
    const bool key = target.has_key(one.text("name"));
    if (value.type() == "MultiAssignRef") {
      if (value.number("colno") == 1) assign_several(one, target, scope);
    } else if (!key) {
      expression(value, &scope);
    } else if (one.at("indirection")) {
      refuse("an assignment to a part of a binary key", "Assign the whole value.");
    } else if (!is_default(value) && !is_key(value, &scope)) {
      encode(value, spans_.of_assigned(one), &scope);
    }
  }
}

// (a, b) = ...: the right side stands in the tree once, or once for each column (tree_builder.cpp).
void Translator::assign_several(Node first, const Source& target, const Scope& scope) {
  const auto count = static_cast<std::size_t>(first.at("val").number("ncolumns"));
  std::vector<bool> keys;
  Node one = first;
  for (std::size_t i = 0; i < count && one; ++i, one = one.next()) {
    keys.push_back(target.has_key(one.text("name")));
  }
  one = first;
  for (std::size_t i = 0; i < count && one; ++i, one = one.next()) {
    const Node source = one.at("val").at("source");
    if (source.first()) assign_source(source, keys, scope);
  }
}

void Translator::assign_source(Node source, const std::vector<bool>& keys, const Scope& scope) {
  const Outputs wanted{keys};
  if (source.type() == "RowExpr") {
    const auto spans = spans_.elements(static_cast<std::size_t>(source.number("location")));
    std::size_t at = 0;
    for (Node value = source.at("args").first(); value; value = value.next(), ++at) {
      if (!wanted.hex_at(at)) {
        expression(value, &scope);
      } else if (!is_default(value) && !is_key(value, &scope)) {
        encode(value, at < spans.size() ? std::optional(spans[at]) : std::nullopt, &scope);
      }
    }
    return;
  }
  if (!wanted.any_hex()) return expression(source, &scope);
  const bool select = source.type() == "SubLink" && source.text("subLinkType") == "EXPR_SUBLINK";
  for (std::size_t i = 0; select && i < keys.size(); ++i) {
    if (keys[i] && !may_be_hex(source.at("subselect"), i, &scope)) {
      return refuse("this assignment of a row to binary keys", "Assign the columns one by one.");
    }
  }
  if (select) return query(source.at("subselect"), &scope, wanted);
  refuse("this assignment of a row to binary keys", "Assign the columns one by one.");
}

}  // namespace occam::rewriter
