#include "rewriter/binary_keys/names.hpp"
#include "rewriter/binary_keys/translator.hpp"

namespace occam::rewriter {

void Translator::children(Node node, const Scope* scope) {
  for (Node child = node.first(); child; child = child.next()) expression(child, scope);
}

// Whatever an expression is, it keeps its meaning if the columns in it are decoded.
void Translator::expression(Node node, const Scope* scope) {
  if (refusal_ || !node ||
      (node.shape() != Cell::Shape::object && node.shape() != Cell::Shape::list))
    return;
  const std::string_view type = node.type();
  if (type == "ColumnRef") return column(node, scope);
  if (type == "A_Expr" && comparison(node, scope)) return;
  if (type == "SubLink") return sub_link(node, scope);
  if (type == "SelectStmt") return query(node, scope, {});
  if (type == "NullTest" && is_key(node.at("arg"), scope)) return;
  if (type == "GroupingFunc") {  // names what stands in GROUP BY, see group()
    for (Node arg = node.at("args").first(); arg; arg = arg.next()) {
      const bool key =
          arg.type() == "ColumnRef" && meaning_of(arg, scope).kind == Meaning::Kind::key;
      if (!key) expression(arg, scope);
    }
    return;
  }
  children(node, scope);
}

void Translator::column(Node node, const Scope* scope) {
  if (is_star(node)) {
    const Source* source = source_of_star(node, scope);
    if (source != nullptr && source->rule != nullptr) {
      refuse("the whole row of " + std::string(source->table) + " as a value",
             "Name the columns instead.");
    }
    return;
  }
  const Meaning meaning = meaning_of(node, scope);
  const std::string name(column_name(node));
  switch (meaning.kind) {
    case Meaning::Kind::other:
      return;
    case Meaning::Kind::key:
      if (const auto span = spans_.of_column(node)) return pen_.decode(node, *span, {});
      return refuse("the column " + name + " in this place", "Write the statement in another way.");
    case Meaning::Kind::whole_row:
      return refuse("the whole row of " + std::string(meaning.source->table) + " as a value",
                    "Name the columns instead.");
    case Meaning::Kind::uncertain:
      return refuse("the column " + name + ", which may be of more than one table",
                    "Write the table's name or alias before it.");
    case Meaning::Kind::not_a_column:
      if (!refusal_) {
        refusal_ = std::make_unique<Refusal>(Refusal{
            "42703", "column " + std::string(meaning.source->name) + "." + name + " does not exist",
            "Occam knows the columns of a table with binary keys from `columns` in its rule."});
      }
  }
}

bool Translator::is_key(Node node, const Scope* scope) const {
  if (node.type() != "ColumnRef" || is_star(node)) return false;
  const Meaning meaning = meaning_of(node, scope);
  return meaning.kind == Meaning::Kind::key && meaning.scope->raw &&
         spans_.of_column(node).has_value();
}

bool Translator::may_encode(Node node, const Scope* scope) const {
  if (node.type() == "ColumnRef") {
    return !is_star(node) && meaning_of(node, scope).kind == Meaning::Kind::other &&
           spans_.of_column(node).has_value();
  }
  return spans_.of(node).has_value();
}

// `span` is where the node stands, if the caller knows.
void Translator::encode(Node node, std::optional<Span> span, const Scope* scope) {
  expression(node, scope);
  if (!span) span = spans_.of(node);
  if (span) return pen_.encode(node, *span);
  refuse("a value for a binary key that is written in this way",
         "Give it as a parameter or a literal.");
}

void Translator::refuse(std::string what, std::string hint) {
  if (refusal_) return;
  refusal_ = std::make_unique<Refusal>(
      Refusal{"0A000", "Occam cannot translate " + std::move(what) + " for Aurora DSQL",
              "Binary keys are stored in another form there. " + std::move(hint)});
}

}  // namespace occam::rewriter
