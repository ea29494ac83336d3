#include "emulator/statement/columns.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "emulator/statement/tree.hpp"

namespace emulator {
namespace {

using occam::rewriter::Node;

std::optional<ConstraintKind> kind_of(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, ConstraintKind>, 10> kinds = {{
      {"CONSTR_NULL", ConstraintKind::null},
      {"CONSTR_NOTNULL", ConstraintKind::not_null},
      {"CONSTR_DEFAULT", ConstraintKind::default_value},
      {"CONSTR_IDENTITY", ConstraintKind::identity},
      {"CONSTR_GENERATED", ConstraintKind::generated},
      {"CONSTR_CHECK", ConstraintKind::check},
      {"CONSTR_PRIMARY", ConstraintKind::primary_key},
      {"CONSTR_UNIQUE", ConstraintKind::unique},
      {"CONSTR_EXCLUSION", ConstraintKind::exclusion},
      {"CONSTR_FOREIGN", ConstraintKind::foreign_key},
  }};
  for (const auto& [name, kind] : kinds)
    if (name == word) return kind;
  return std::nullopt;
}

bool defers(std::string_view attribute) {
  return attribute == "CONSTR_ATTR_DEFERRABLE" || attribute == "CONSTR_ATTR_DEFERRED";
}

// A number too large for an Integer node is printed as the text of a Float.
std::int64_t number_in(Node value) {
  if (value.at("ival")) return value.number("ival");
  const auto text = value.text("fval");
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

TypeName read_type(Node type_name) {
  TypeName type;
  std::string schema;
  for (auto part = type_name.at("names").first(); part; part = part.next()) {
    schema = std::exchange(type.name, std::string(part.text("sval")));
  }
  if (!schema.empty() && schema != "pg_catalog") type.name = schema + "." + type.name;
  type.array = static_cast<bool>(type_name.at("arrayBounds"));
  if (const auto modifier = type_name.at("typmods").first())
    type.modifier = modifier.at("ival").number("ival");
  return type;
}

std::optional<std::int64_t> read_cache(Node options) {
  for (auto option = options.first(); option; option = option.next())
    if (option.text("defname") == "cache") return number_in(option.at("arg"));
  return std::nullopt;
}

std::optional<Constraint> read_constraint(Node node) {
  const auto kind = kind_of(node.text("contype"));
  if (!kind) return std::nullopt;
  Constraint constraint;
  constraint.kind = *kind;
  constraint.name = node.text("conname");
  constraint.index = node.text("indexname");
  constraint.valid = !node.flag("skip_validation");
  constraint.deferrable = node.flag("deferrable") || node.flag("initdeferred");
  constraint.cache = read_cache(node.at("options"));
  for (auto key = node.at("keys").first(); key; key = key.next())
    constraint.columns.emplace_back(key.text("sval"));
  return constraint;
}

Column read_column(Node node) {
  Column column;
  column.name = node.text("colname");
  column.type = read_type(node.at("typeName"));
  column.collated = static_cast<bool>(node.at("collClause"));
  for (auto part = node.at("constraints").first(); part; part = part.next()) {
    if (auto constraint = read_constraint(part)) {
      const bool key = constraint->kind == ConstraintKind::primary_key ||
                       constraint->kind == ConstraintKind::unique;
      if (key) constraint->columns = {column.name};
      column.constraints.push_back(std::move(*constraint));
    } else if (defers(part.text("contype")) && !column.constraints.empty()) {
      column.constraints.back().deferrable = true;
    }
  }
  return column;
}

}  // namespace emulator
