#include <algorithm>
#include <array>
#include <utility>

#include "rewriter/binary_keys/translator.hpp"

namespace occam::rewriter {
namespace {

// They name a table, and read or write no column of it; definitions are another rewrite's.
constexpr auto left_alone = std::to_array<std::string_view>(
    {"AlterObjectSchemaStmt", "AlterOwnerStmt", "AlterSeqStmt", "AlterTableStmt", "ClusterStmt",
     "CommentStmt", "CreateSeqStmt", "CreateStatsStmt", "CreateStmt", "DropStmt", "GrantStmt",
     "IndexStmt", "LockStmt", "ReindexStmt", "RenameStmt", "TruncateStmt", "VacuumStmt"});

const TableRule* first_rule(Node node, const TableRules& rules, std::string_view& table) {
  const TableRule* found = nullptr;
  walk(node, [&](Node inner) {
    if (found != nullptr) return false;
    if (inner.shape() == Cell::Shape::object && inner.at("relname")) {
      found = rule_of(inner, rules);
      if (found != nullptr) table = inner.text("relname");
    }
    return true;
  });
  return found;
}

}  // namespace

void Translator::statement(Node node) {
  const std::string_view type = node.type();
  if (type == "SelectStmt") return query(node, nullptr, {});
  if (type == "InsertStmt" || type == "UpdateStmt" || type == "DeleteStmt") {
    return write(node, nullptr);
  }
  std::string_view table;
  if (first_rule(node, rules_, table) == nullptr) return;
  if (type == "ExplainStmt" || type == "PrepareStmt" || type == "DeclareCursorStmt" ||
      type == "CreateTableAsStmt" || type == "ViewStmt" ||
      (type == "CopyStmt" && !node.at("relation"))) {
    return statement(node.at("query"));
  }
  if (std::find(left_alone.begin(), left_alone.end(), type) != left_alone.end()) return;
  if (type == "CopyStmt") {
    return refuse("COPY of " + std::string(table),
                  "COPY (SELECT ...) TO and INSERT are translated.");
  }
  refuse("a statement of this kind that names " + std::string(table),
         "SELECT, INSERT, UPDATE and DELETE are translated.");
}

Translation Translator::done() {
  if (refusal_) {
    Translation refused;
    refused.refusal = std::move(refusal_);
    refused.needed = true;
    return refused;
  }
  Translation translation = pen_.done();
  translation.needed = true;
  return translation;
}

}  // namespace occam::rewriter
