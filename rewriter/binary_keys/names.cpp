#include "rewriter/binary_keys/names.hpp"

#include <algorithm>

namespace occam::rewriter {
namespace {

Node last_of(Node list) {
  Node last;
  for (Node element = list.first(); element; element = element.next()) last = element;
  return last;
}

std::string_view last_field(Node indirection) {
  std::string_view name;
  for (Node step = indirection.first(); step; step = step.next()) {
    if (step.type() == "String") name = step.text("sval");
  }
  return name;
}

// PostgreSQL's weak names give way to a name from further out.
struct Figured {
  std::string_view name = "?column?";
  int strength = 0;
};

Figured figure(Node node);

std::string_view output_name(Node select) {
  while (const Node left = select.at("larg")) select = left;
  if (select.at("valuesLists")) return "column1";
  const Node target = select.at("targetList").first();
  return target.at("name") ? target.text("name") : figured_name(target.at("val"));
}

Figured figure_sub_select(Node link) {
  const std::string_view kind = link.text("subLinkType");
  if (kind == "EXISTS_SUBLINK") return {"exists", 2};
  if (kind == "ARRAY_SUBLINK") return {"array", 2};
  if (kind == "EXPR_SUBLINK") return {output_name(link.at("subselect")), 2};
  return {};
}

Figured figure(Node node) {
  const std::string_view type = node.type();
  if (type == "ColumnRef") {
    const std::string_view name = column_name(node);
    return name.empty() ? Figured{} : Figured{name, 2};
  }
  if (type == "A_Indirection") {
    const std::string_view name = last_field(node.at("indirection"));
    return name.empty() ? figure(node.at("arg")) : Figured{name, 2};
  }
  if (type == "FuncCall") return {last_of(node.at("funcname")).text("sval"), 2};
  if (type == "CollateClause") return figure(node.at("arg"));
  if (type == "TypeCast") {
    const Figured inner = figure(node.at("arg"));
    if (inner.strength > 1) return inner;
    return {last_of(node.at("typeName").at("names")).text("sval"), 1};
  }
  if (type == "CaseExpr") {
    const Figured inner = figure(node.at("defresult"));
    return inner.strength > 1 ? inner : Figured{"case", 1};
  }
  if (type == "SubLink") return figure_sub_select(node);
  if (type == "A_Expr" && node.text("kind") == "AEXPR_NULLIF") return {"nullif", 2};
  if (type == "GroupingFunc") return {"grouping", 2};
  if (type == "A_ArrayExpr") return {"array", 2};
  if (type == "RowExpr") return {"row", 2};
  if (type == "CoalesceExpr") return {"coalesce", 2};
  if (type == "MinMaxExpr") {
    return {node.text("op") == "IS_LEAST" ? "least" : "greatest", 2};
  }
  return {};
}

bool plain(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '$'; });
}

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

}  // namespace

std::string_view figured_name(Node expression) { return figure(expression).name; }

Node naming_column(Node node) {
  const std::string_view type = node.type();
  if (type == "ColumnRef") return node;
  if (type == "CaseExpr") return naming_column(node.at("defresult"));
  if (type == "TypeCast" || type == "CollateClause") return naming_column(node.at("arg"));
  if (type == "A_Indirection" && last_field(node.at("indirection")).empty()) {
    return naming_column(node.at("arg"));
  }
  return {};
}

std::string_view column_name(Node column_ref) {
  return last_of(column_ref.at("fields")).text("sval");
}

bool is_star(Node column_ref) { return last_of(column_ref.at("fields")).type() == "A_Star"; }

std::string written(std::string_view name) {
  return plain(name) ? std::string(name) : quoted(name);
}

std::string written_first(std::string_view name) {
  if (!plain(name)) return quoted(name);
  const auto tokens = scan(std::string(name));
  const bool keyword = !tokens || tokens->size() != 1 || tokens->front().kind != TokenKind::name;
  return keyword ? quoted(name) : std::string(name);
}

}  // namespace occam::rewriter
