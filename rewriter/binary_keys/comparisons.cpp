#include <algorithm>
#include <array>

#include "rewriter/binary_keys/names.hpp"
#include "rewriter/binary_keys/translator.hpp"

namespace occam::rewriter {
namespace {

// Hex text under the C collation compares as the bytes do (facts/temporal.md §4.3).
constexpr auto comparing = std::to_array<std::string_view>({"=", "<>", "<", ">", "<=", ">="});

// A plain operator; one with a schema may be anyone's.
bool compares(Node name) {
  const Node word = name.first();
  return word && !word.next() &&
         std::find(comparing.begin(), comparing.end(), word.text("sval")) != comparing.end();
}

std::vector<Node> elements_of(Node list) {
  std::vector<Node> elements;
  for (Node element = list.first(); element; element = element.next()) elements.push_back(element);
  return elements;
}

std::vector<Node> sides_of(Node left) {
  if (left.type() == "RowExpr") return elements_of(left.at("args"));
  return {left};
}

bool is_sub_select(Node node, std::string_view kind) {
  return node.type() == "SubLink" && node.text("subLinkType") == kind;
}

}  // namespace

// False: it is not one of these, and all in it is to be decoded.
bool Translator::comparison(Node node, const Scope* scope) {
  const std::string_view kind = node.text("kind");
  const Node left = node.at("lexpr");
  const Node right = node.at("rexpr");
  if (!left || !right) return false;
  if (kind == "AEXPR_DISTINCT" || kind == "AEXPR_NOT_DISTINCT" ||
      (kind == "AEXPR_OP" && compares(node.at("name")))) {
    if (left.type() == "RowExpr" && is_sub_select(right, "EXPR_SUBLINK")) {
      sub_select_comparison(left, right.at("subselect"), scope);
    } else {
      pair(left, right, scope);
    }
    return true;
  }
  if (kind == "AEXPR_IN" || kind.starts_with("AEXPR_BETWEEN") ||
      kind.starts_with("AEXPR_NOT_BETWEEN")) {
    const Node items = right.type() == "List" ? right.at("items") : right;
    if (left.type() == "RowExpr") {
      row_list(left, items, scope);
    } else {
      list(left, items, scope);
    }
    return true;
  }
  if ((kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL") && compares(node.at("name")) &&
      is_sub_select(right, "ARRAY_SUBLINK")) {
    sub_select_comparison(left, right.at("subselect"), scope);
    return true;
  }
  return false;
}

void Translator::pair(Node left, Node right, const Scope* scope) {
  if (left.type() == "RowExpr" && right.type() == "RowExpr") return rows(left, right, scope);
  const bool left_key = is_key(left, scope);
  const bool right_key = is_key(right, scope);
  if (left_key && right_key) return;
  if (left_key || right_key) {
    const Node other = left_key ? right : left;
    if (is_sub_select(other, "EXPR_SUBLINK") && may_be_hex(other.at("subselect"), 0, scope)) {
      return query(other.at("subselect"), scope, {{true}});
    }
    if (may_encode(other, scope)) return encode(other, std::nullopt, scope);
  }
  expression(left, scope);
  expression(right, scope);
}

void Translator::rows(Node left, Node right, const Scope* scope) {
  Node a = left.at("args").first();
  Node b = right.at("args").first();
  for (; a && b; a = a.next(), b = b.next()) {
    if (a.type() == "RowExpr" || b.type() == "RowExpr") {
      // A row within a row is a value: its literals find no type in the other side.
      expression(a, scope);
      expression(b, scope);
    } else {
      pair(a, b, scope);
    }
  }
  for (; a; a = a.next()) expression(a, scope);
  for (; b; b = b.next()) expression(b, scope);
}

// IN and BETWEEN: one left side that meets several right ones.
void Translator::list(Node left, Node items, const Scope* scope) {
  const std::vector<Node> all = elements_of(items);
  const bool hex = is_key(left, scope) && std::all_of(all.begin(), all.end(), [&](Node item) {
                     return is_key(item, scope) || may_encode(item, scope);
                   });
  if (!hex) expression(left, scope);
  for (const Node item : all) {
    if (!hex) {
      expression(item, scope);
    } else if (!is_key(item, scope)) {
      encode(item, std::nullopt, scope);
    }
  }
}

// The same with rows, each position for itself.
void Translator::row_list(Node left, Node items, const Scope* scope) {
  const std::vector<Node> sides = elements_of(left.at("args"));
  std::vector<std::vector<Node>> rows;
  for (Node item = items.first(); item; item = item.next()) {
    rows.push_back(elements_of(item.at("args")));
    if (item.type() != "RowExpr" || rows.back().size() != sides.size()) {
      children(left, scope);
      return children(items, scope);
    }
  }
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const bool hex = is_key(sides[i], scope) &&
                     std::all_of(rows.begin(), rows.end(), [&](const std::vector<Node>& row) {
                       return is_key(row[i], scope) || may_encode(row[i], scope);
                     });
    if (!hex) expression(sides[i], scope);
    for (const std::vector<Node>& row : rows) {
      if (!hex) {
        expression(row[i], scope);
      } else if (!is_key(row[i], scope)) {
        encode(row[i], std::nullopt, scope);
      }
    }
  }
}

void Translator::sub_select_comparison(Node left, Node select, const Scope* scope) {
  Outputs outputs;
  for (const Node side : sides_of(left)) {
    const bool hex = is_key(side, scope) && may_be_hex(select, outputs.hex.size(), scope);
    if (!hex) expression(side, scope);
    outputs.hex.push_back(hex);
  }
  query(select, scope, outputs);
}

void Translator::sub_link(Node node, const Scope* scope) {
  const Node select = node.at("subselect");
  const Node test = node.at("testexpr");
  if (test && (!node.at("operName") || compares(node.at("operName")))) {
    return sub_select_comparison(test, select, scope);
  }
  expression(test, scope);
  Outputs outputs;
  outputs.unread = node.text("subLinkType") == "EXISTS_SUBLINK";
  query(select, scope, outputs);
}

}  // namespace occam::rewriter
