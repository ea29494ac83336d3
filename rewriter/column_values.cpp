#include "rewriter/column_values.hpp"

#include <algorithm>
#include <utility>

#include "rewriter/conjuncts.hpp"

namespace occam::rewriter {
namespace {

ValueSource literal(std::string_view value) {
  return {ValueSource::Kind::literal, 0, std::string(value)};
}

std::optional<ValueSource> constant(Node node, const std::string& text) {
  const auto at = static_cast<std::size_t>(node.number("location"));
  if (at >= text.size()) return std::nullopt;
  if (const Node value = node.at("sval")) {  // not E'', U&'' or $$
    return text[at] == '\'' ? std::optional(literal(value.text("sval"))) : std::nullopt;
  }
  // The tree has lost the value of a negative number; the text has a sign there.
  const bool unsigned_number = text[at] >= '0' && text[at] <= '9';
  if (!unsigned_number) return std::nullopt;
  if (const Node value = node.at("ival")) return literal(std::to_string(value.number("ival")));
  if (const Node value = node.at("fval")) {
    const std::string_view digits = value.text("fval");
    if (digits.find_first_not_of("0123456789") == std::string_view::npos) return literal(digits);
  }
  return std::nullopt;
}

bool is_bytea(Node type_name) {
  const Node name = type_name.at("names").first();
  return name && !name.next() && name.text("sval") == "bytea" && !type_name.at("arrayBounds");
}

bool is_equals(Node node) {
  if (node.type() != "A_Expr" || node.text("kind") != "AEXPR_OP") return false;
  const Node name = node.at("name").first();
  return name.text("sval") == "=" && !name.next();
}

// Whether a name qualifies by this table, or by none.
bool names(Node first, Node last, Node table) {
  if (first == last) return true;
  const Node alias = table.at("alias");
  if (first.next() == last) {
    return first.text("sval") == (alias ? alias.text("aliasname") : table.text("relname"));
  }
  return !alias && first.next().next() == last && first.text("sval") == table.text("schemaname") &&
         first.next().text("sval") == table.text("relname");
}

}  // namespace

std::optional<ValueSource> plain_value(Node expression, const std::string& text) {
  if (expression.type() == "TypeCast" && is_bytea(expression.at("typeName"))) {
    expression = expression.at("arg");
    if (expression.type() == "A_Const" && !expression.at("sval")) return std::nullopt;
  }
  if (expression.type() == "A_Const") return constant(expression, text);
  if (expression.type() != "ParamRef") return std::nullopt;
  const auto number = static_cast<std::size_t>(expression.number("number"));
  return ValueSource{ValueSource::Kind::parameter, number, {}};
}

std::optional<Column> ColumnValues::column(Node expression) const {
  if (expression.type() != "ColumnRef") return std::nullopt;
  const Node first = expression.at("fields").first();
  Node last = first;
  while (last.next()) last = last.next();
  if (last.type() != "String") return std::nullopt;
  if (first == last && tables_.size() > 1) return std::nullopt;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (names(first, last, tables_[i])) return Column{i, last.text("sval")};
  }
  return std::nullopt;
}

std::optional<Equality> ColumnValues::equality(Node condition) const {
  if (!is_equals(condition)) return std::nullopt;
  for (const auto& [left, right] : {std::pair{"lexpr", "rexpr"}, {"rexpr", "lexpr"}}) {
    const auto of = column(condition.at(left));
    auto value = plain_value(condition.at(right), text_);
    if (of && value) return Equality{*of, std::move(*value)};
  }
  return std::nullopt;
}

void ColumnValues::require(Node condition) {
  for (const Node part : conjuncts(condition)) {
    if (auto found = equality(part)) {
      Class& equal = class_for(found->column);
      if (!equal.value) equal.value = std::move(found->value);
    } else if (is_equals(part)) {
      const auto one = column(part.at("lexpr"));
      const auto other = column(part.at("rexpr"));
      if (one && other) join(*one, *other);
    }
  }
}

void ColumnValues::give_out(Node target_list) {
  std::size_t number = 0;
  for (Node target = target_list.first(); target; target = target.next(), ++number) {
    const Node value = target.at("val");
    if (value.type() == "ColumnRef") {
      bool star = false;
      for (Node field = value.at("fields").first(); field; field = field.next()) {
        star = star || field.type() == "A_Star";
      }
      if (star) return;  // nobody knows how many columns it stands for
    }
    // What is taken out of a column, as of a row or an array, is no column.
    if (const auto shown = column(value)) outputs_.push_back({*shown, number});
  }
}

std::optional<ValueSource> ColumnValues::fixed(const Column& column) const {
  const Class* equal = class_of(column);
  return equal == nullptr ? std::nullopt : equal->value;
}

std::optional<ValueSource> ColumnValues::known(const Column& column) const {
  if (auto value = fixed(column)) return value;
  if (auto value = output(column)) return value;
  if (const Class* equal = class_of(column)) {
    for (const Column& other : equal->columns) {
      if (auto value = output(other)) return value;
    }
  }
  return std::nullopt;
}

std::optional<ValueSource> ColumnValues::output(const Column& column) const {
  const auto shown = std::find_if(outputs_.begin(), outputs_.end(),
                                  [&](const Output& one) { return one.column == column; });
  if (shown == outputs_.end()) return std::nullopt;
  return ValueSource{ValueSource::Kind::output, shown->number, {}};
}

const ColumnValues::Class* ColumnValues::class_of(const Column& column) const {
  for (const Class& equal : classes_) {
    if (std::find(equal.columns.begin(), equal.columns.end(), column) != equal.columns.end()) {
      return &equal;
    }
  }
  return nullptr;
}

ColumnValues::Class& ColumnValues::class_for(const Column& column) {
  if (const Class* found = class_of(column))
    return classes_[static_cast<std::size_t>(found - classes_.data())];
  return classes_.emplace_back(Class{{column}, std::nullopt});
}

void ColumnValues::join(const Column& one, const Column& other) {
  if (class_of(one) != nullptr && class_of(one) == class_of(other)) return;
  Class joined = class_for(one);
  const Class rest = class_for(other);
  joined.columns.insert(joined.columns.end(), rest.columns.begin(), rest.columns.end());
  if (!joined.value) joined.value = rest.value;
  std::erase_if(classes_, [&](const Class& equal) {
    return equal.columns.front() == one || equal.columns.front() == other ||
           std::find(equal.columns.begin(), equal.columns.end(), one) != equal.columns.end() ||
           std::find(equal.columns.begin(), equal.columns.end(), other) != equal.columns.end();
  });
  classes_.push_back(std::move(joined));
}

}  // namespace occam::rewriter
