#include "rewriter/catalog_queries.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace occam::rewriter {
namespace {

bool compares(std::string_view name) { return name == "=" || name == "<>"; }

bool reads_the_catalog(Node statement) {
  bool found = false;
  walk(statement, [&](Node node) {
    found = found || node.text("schemaname") == "information_schema" ||
            node.text("schemaname") == "pg_catalog" || node.text("relname").starts_with("pg_");
    return !found;
  });
  return found;
}

bool names_a_schema(Node column) {
  if (column.type() != "ColumnRef") return false;
  Node last = column.at("fields").first();
  while (last.next()) last = last.next();
  return last.text("sval") == "table_schema" || last.text("sval") == "schemaname";
}

// 'public', cast or not.
Node literal_public(Node node) {
  if (node.type() == "TypeCast") node = node.at("arg");
  const bool is = node.type() == "A_Const" && node.at("sval").text("sval") == "public";
  return is ? node : Node();
}

// The literals of column = 'public', either way round, and <>; of column IN ('public', ...).
std::vector<Node> compared_with_public(Node expression) {
  if (expression.type() != "A_Expr" || !compares(expression.at("name").first().text("sval"))) {
    return {};
  }
  Node left = expression.at("lexpr");
  Node right = expression.at("rexpr");
  if (names_a_schema(right)) std::swap(left, right);
  if (!names_a_schema(left)) return {};
  std::vector<Node> found;
  if (expression.text("kind") == "AEXPR_OP") {
    if (const Node literal = literal_public(right)) found.push_back(literal);
  } else if (expression.text("kind") == "AEXPR_IN") {
    for (Node item = right.at("items").first(); item; item = item.next()) {
      if (const Node literal = literal_public(item)) found.push_back(literal);
    }
  }
  return found;
}

// The tables of schema public are what a client means by the tables of its database.
void listing(Node statement, const Reading& reading, Translation& translation) {
  if (reading.text.find("'public'") == std::string::npos || !reads_the_catalog(statement)) return;
  walk(statement, [&](Node node) {
    for (const Node literal : compared_with_public(node)) {
      const auto at = static_cast<std::size_t>(literal.number("location"));
      const auto token = std::find_if(reading.tokens.begin(), reading.tokens.end(),
                                      [at](const Token& one) { return one.begin == at; });
      if (token == reading.tokens.end()) continue;
      translation.edits.replace(token->begin, token->end, "current_schema()");
      translation.expected[literal.id()] = Substitution::trust();
      translation.changes.push_back({"current_schema", "'public'", "current_schema()",
                                     "the tables of the client's database are in the schema of its "
                                     "name; in database postgres that is public",
                                     false});
    }
    return true;
  });
}

}  // namespace

Translation translate_catalog_queries(const Reading& reading, const RewriterOptions&) {
  Translation translation;
  for (const Node statement : reading.tree.statements()) listing(statement, reading, translation);
  return translation;
}

}  // namespace occam::rewriter
