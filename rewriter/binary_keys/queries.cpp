#include <algorithm>

#include "rewriter/binary_keys/names.hpp"
#include "rewriter/binary_keys/translator.hpp"

namespace occam::rewriter {
namespace {

bool is_name(Node node) {
  return node.type() == "ColumnRef" && !is_star(node) && !node.at("fields").first().next();
}

bool has_star(Node targets) {
  for (Node target = targets.first(); target; target = target.next()) {
    const Node value = target.at("val");
    if (value.type() == "ColumnRef" && is_star(value)) return true;
  }
  return false;
}

}  // namespace

bool Outputs::any_hex() const { return std::find(hex.begin(), hex.end(), true) != hex.end(); }

void Translator::query(Node select, const Scope* outer, const Outputs& outputs) {
  const std::size_t outside = with_.size();
  with(select.at("withClause"), outer, true);
  if (select.at("larg")) {
    // ORDER BY knows the names of the outputs only, which stay. Both arms must be of one form.
    query(select.at("larg"), outer, {outputs.hex});
    query(select.at("rarg"), outer, {outputs.hex});
  } else if (select.at("valuesLists")) {
    children(select.at("valuesLists"), outer);
  } else {
    simple_select(select, outer, outputs);
  }
  expression(select.at("limitCount"), outer);
  expression(select.at("limitOffset"), outer);
  with_.resize(outside);
}

void Translator::simple_select(Node select, const Scope* outer, const Outputs& outputs) {
  Scope scope = scope_of(select.at("fromClause"), outer);
  for (Node item = select.at("fromClause").first(); item; item = item.next()) {
    from_item(item, scope);
  }
  expression(select.at("whereClause"), &scope);
  scope.raw = !select.at("groupClause").first();
  for (Node element = select.at("groupClause").first(); element; element = element.next()) {
    group(element, scope);
  }
  targets(select.at("targetList"), scope, outputs);
  expression(select.at("havingClause"), &scope);
  expression(select.at("windowClause"), &scope);
  if (!select.at("distinctClause") && !select.at("sortClause")) return;
  const Names names = names_of(select.at("targetList"), scope);
  distinct(select, scope, names);
  order(select, scope, names, outputs);
}

void Translator::from_item(Node item, const Scope& scope) {
  if (refusal_) return;
  const std::string_view type = item.type();
  if (type == "RangeSubselect") {
    // Only LATERAL sees the other items.
    query(item.at("subquery"), item.flag("lateral") ? &scope : scope.outer, {});
  } else if (type == "JoinExpr") {
    from_item(item.at("larg"), scope);
    from_item(item.at("rarg"), scope);
    if (!item.at("quals")) return;
    Scope sides;
    sides.outer = scope.outer;
    add_sources(item.at("larg"), scope.outer, sides);
    add_sources(item.at("rarg"), scope.outer, sides);
    expression(item.at("quals"), &sides);
  } else if (type != "RangeVar") {
    children(item, &scope);
  }
}

// A stored column in GROUP BY groups as its bytes would, and what it is decoded to depends on it.
void Translator::group(Node element, Scope& scope) {
  const std::string_view type = element.type();
  if (type == "GroupingSet" || type == "RowExpr") {
    const Node parts = element.at(type == "RowExpr" ? "args" : "content");
    for (Node part = parts.first(); part; part = part.next()) group(part, scope);
    return;
  }
  if (type == "ColumnRef" && !is_star(element)) {
    const Meaning meaning = meaning_of(element, &scope);
    if (meaning.kind == Meaning::Kind::key && meaning.scope == &scope) return;
  }
  expression(element, &scope);
}

Translator::Names Translator::names_of(Node targets, const Scope& scope) const {
  Names names;
  const auto add = [&names](std::string_view name, const Source* source, std::string_view column,
                            bool starred) {
    Named& found = names[name];
    const bool same = found.count == 0 || (found.source == source && found.column == column);
    found.source = same ? source : nullptr;
    found.column = column;
    found.starred = found.starred || starred;
    ++found.count;
  };
  for (Node target = targets.first(); target; target = target.next()) {
    const Node value = target.at("val");
    if (value.type() == "ColumnRef" && is_star(value)) {
      const bool all = !value.at("fields").first().next();
      const Source* one = all ? nullptr : source_of_star(value, &scope);
      for (const Source& source : scope.sources) {
        if (!all && &source != one) continue;
        for (const std::string_view column : source.columns) {
          const bool key = source.has_key(column);
          add(column, key ? &source : nullptr, column, key);
        }
      }
    } else {
      const bool column = value.type() == "ColumnRef";
      const Meaning meaning = column ? meaning_of(value, &scope) : Meaning{};
      const bool key = meaning.kind == Meaning::Kind::key && meaning.scope == &scope;
      add(target.at("name") ? target.text("name") : figured_name(value),
          key ? meaning.source : nullptr, column ? column_name(value) : std::string_view(), false);
    }
  }
  return names;
}

void Translator::distinct(Node select, const Scope& scope, const Names& names) {
  for (Node on = select.at("distinctClause").first(); on; on = on.next()) {
    if (!is_name(on) || !names.contains(column_name(on))) expression(on, &scope);
  }
}

// What ORDER BY takes from the outputs is in the order of bytes already; where it can be taken from
// the stored column, an index can give the order.
void Translator::order(Node select, const Scope& scope, const Names& names,
                       const Outputs& outputs) {
  const bool once = static_cast<bool>(select.at("distinctClause"));
  const bool plain = scope.raw && !once && !outputs.unread && !outputs.any_hex();
  for (Node sort = select.at("sortClause").first(); sort; sort = sort.next()) {
    const Node by = sort.at("node");
    const bool default_order = plain && !sort.at("useOp");
    const auto output = is_name(by) ? names.find(column_name(by)) : names.end();
    if (output != names.end()) {
      order_by_output(by, output->second, scope, default_order);
      continue;
    }
    if (default_order && is_key(by, &scope)) continue;
    if (once && is_distinct_hex(by, select, scope, outputs)) continue;
    if (once && has_star(select.at("targetList"))) {
      return refuse("ORDER BY with SELECT DISTINCT *", "Name the columns.");
    }
    expression(by, &scope);
  }
}

// SELECT DISTINCT wants what it is ordered by in its list, where this key stands as it is stored.
bool Translator::is_distinct_hex(Node by, Node select, const Scope& scope,
                                 const Outputs& outputs) const {
  const bool on = !select.at("distinctClause").first().type().empty();
  if (on || !is_key(by, &scope)) return false;
  std::size_t position = 0;
  for (Node target = select.at("targetList").first(); target; target = target.next(), ++position) {
    const Node value = target.at("val");
    if (value.type() == "ColumnRef" && is_star(value)) return false;
    if (!outputs.hex_at(position) || value.type() != "ColumnRef") continue;
    if (meaning_of(value, &scope).source == meaning_of(by, &scope).source &&
        column_name(value) == column_name(by)) {
      return true;
    }
  }
  return false;
}

void Translator::order_by_output(Node by, const Named& output, const Scope& scope,
                                 bool default_order) {
  const std::string_view name = column_name(by);
  const auto span = spans_.of_column(by);
  const auto carriers = std::count_if(scope.sources.begin(), scope.sources.end(),
                                      [&](const Source& one) { return one.has_key(name); });
  if (default_order && span && output.source != nullptr && output.column == name &&
      !output.source->name.empty() && !(scope.merges && carriers > 1)) {
    return pen_.qualify(by.at("fields").first(), *span, output.source->name);
  }
  // One of the two is no longer what the other is: the star's carries a condition.
  if (output.starred && output.count > 1) {
    refuse("ORDER BY of a column that * gives out and another output too", "Name the columns.");
  }
}

}  // namespace occam::rewriter
