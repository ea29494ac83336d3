#include "rewriter/binary_keys.hpp"

#include "rewriter/binary_keys/translator.hpp"

namespace occam::rewriter {
namespace {

// Most texts name no such table: one look at each cell of the tree tells.
bool names_a_table(const ParseTree& tree, const TableRules& rules) {
  bool found = false;
  for (const Node statement : tree.statements()) {
    // Their bodies are strings, looked into where the statement is judged.
    found = found || statement.type() == "DoStmt" || statement.type() == "CreateFunctionStmt";
    walk(statement, [&](Node node) {
      // A table, or the last part of a type's name: its row type.
      if (!found && (node.field() == "relname" || node.field() == "sval")) {
        const auto rule = rules.tables.find(node.text());
        found = rule != rules.tables.end() && !rule->second.binary_keys.empty();
      }
      return !found;
    });
  }
  return found;
}

}  // namespace

Translation translate_binary_keys(const Reading& reading, const RewriterOptions& options) {
  if (!names_a_table(reading.tree, options.rules)) return {};
  Translator translator(reading, options.rules);
  for (const Node statement : reading.tree.statements()) translator.statement(statement);
  return translator.done();
}

}  // namespace occam::rewriter
