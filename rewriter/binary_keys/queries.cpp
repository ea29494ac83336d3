#include <algorithm>

#include "rewriter/binary_keys/names.hpp"
#include "rewriter/binary_keys/translator.hpp"

namespace occam::rewriter {
namespace {

bool is_name(Node node) {
  return node.type() == "ColumnRef" && !is_star(node) && !node.at("fields").first().next();
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
  distinct(select, scope);
  order(select, scope, outputs);
}

void Translator::from_item(Node item, const Scope& scope) {
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

Translator::Output Translator::output_named(Node targets, std::string_view name,
                                            const Scope& scope) const {
  Output found;
  std::size_t position = 0;
  for (Node target = targets.first(); target; target = target.next(), ++position) {
    const Node value = target.at("val");
    if (value.type() == "ColumnRef" && is_star(value)) {
      const bool all = !value.at("fields").first().next();
      const Source* one = all ? nullptr : source_of_star(value, &scope);
      for (const Source& source : scope.sources) {
        if (!all && &source != one) continue;
        if (!source.has(name) && !source.has_key(name)) continue;
        found = {found.count + 1, position, value};
      }
    } else if ((target.at("name") ? target.text("name") : figured_name(value)) == name) {
      found = {found.count + 1, position, value};
    }
  }
  return found;
}

void Translator::distinct(Node select, const Scope& scope) {
  for (Node on = select.at("distinctClause").first(); on; on = on.next()) {
    const bool output =
        is_name(on) && output_named(select.at("targetList"), column_name(on), scope).count > 0;
    if (!output) expression(on, &scope);
  }
}

// What ORDER BY takes from the outputs is in the order of bytes already; where it can be taken from
// the stored column, an index can give the order.
void Translator::order(Node select, const Scope& scope, const Outputs& outputs) {
  const bool plain = scope.raw && !select.at("distinctClause");
  for (Node sort = select.at("sortClause").first(); sort; sort = sort.next()) {
    const Node by = sort.at("node");
    const bool default_order = plain && !sort.at("useOp");
    if (is_name(by)) {
      const Output output = output_named(select.at("targetList"), column_name(by), scope);
      if (output.count > 0) {
        const bool bytes = !outputs.hex_at(output.position) && !outputs.unread;
        order_by_output(by, output, scope, default_order && bytes);
        continue;
      }
    }
    if (!default_order || !is_key(by, &scope)) expression(by, &scope);
  }
}

bool Translator::order_by_output(Node by, const Output& output, const Scope& scope, bool plain) {
  const std::string_view name = column_name(by);
  const bool same =
      output.count == 1 && output.value.type() == "ColumnRef" &&
      (is_star(output.value) ? scope.sources.size() == 1 : column_name(output.value) == name);
  if (!plain || !same) return false;
  const Meaning meaning = meaning_of(is_star(output.value) ? by : output.value, &scope);
  const auto carriers = std::count_if(scope.sources.begin(), scope.sources.end(),
                                      [&](const Source& one) { return one.has_key(name); });
  if (meaning.kind != Meaning::Kind::key || meaning.scope != &scope ||
      meaning.source->name.empty() || (scope.merges && carriers > 1)) {
    return false;
  }
  const auto span = spans_.of_column(by);
  if (span) pen_.qualify(by.at("fields").first(), *span, meaning.source->name);
  return span.has_value();
}

}  // namespace occam::rewriter
