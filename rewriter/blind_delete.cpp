#include "rewriter/blind_delete.hpp"

namespace occam::rewriter {

bool is_blind_delete(const ParseTree& tree, const TableRules& rules) {
  if (tree.statements().size() != 1) return false;
  const Node statement = tree.statements().front();
  if (statement.type() != "DeleteStmt" || statement.at("returningList")) return false;
  const auto rule = rules.tables.find(statement.at("relation").text("relname"));
  return rule != rules.tables.end() && rule->second.deletes == DeleteRule::blind;
}

}  // namespace occam::rewriter
