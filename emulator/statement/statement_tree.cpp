#include "emulator/statement/statement_tree.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "emulator/statement/definition_reader.hpp"
#include "emulator/statement/locks.hpp"
#include "emulator/statement/tree.hpp"

namespace emulator {
namespace {

using occam::rewriter::Node;

bool changes_rows(std::string_view type) {
  return type == "InsertStmt" || type == "UpdateStmt" || type == "DeleteStmt" ||
         type == "MergeStmt";
}

// The text of a literal, cast or not; empty for anything else.
std::string literal(Node value) {
  if (value.type() == "TypeCast") return literal(value.at("arg"));
  if (const auto number = value.at("ival")) return std::to_string(number.number("ival"));
  return std::string(value.at("sval").text("sval"));
}

// What is found deep inside counts as much as what stands on top.
void collect(Node root, Statement& statement) {
  occam::rewriter::walk(root, [&statement, root](Node node) {
    const auto type = node.type();
    if (type == "RangeVar") {
      add_once(statement.tables, relation_name(node));
    } else if (type == "FuncCall" || type == "funccall") {  // the latter in CALL
      const auto function = last_word(node.at("funcname"));
      if (auto named = literal(node.at("args").first()); function == "set_config" && !named.empty())
        add_once(statement.configured, std::move(named));
      add_once(statement.functions, function);
    } else if (type == "SelectStmt") {
      collect_locks(node, node == root, statement);
    } else if (type == "RangeTableSample") {
      statement.samples = true;
    } else if (changes_rows(type)) {
      add_once(statement.written, relation_name(node.at("relation")));
    }
    return true;
  });
}

std::string isolation_in(Node options) {
  for (Node option = options.first(); option; option = option.next())
    if (option.text("defname") == "transaction_isolation")
      return upper(option.at("arg").at("sval").text("sval"));
  return {};
}

void read_transaction(Node node, Statement& statement) {
  const auto kind = node.text("kind");
  statement.chains = node.flag("chain");
  statement.isolation = isolation_in(node.at("options"));
  if (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START") {
    statement.kind = Kind::begin;
  } else if (kind == "TRANS_STMT_COMMIT") {
    statement.kind = Kind::commit;
  } else if (kind == "TRANS_STMT_ROLLBACK") {
    statement.kind = Kind::rollback;
  } else if (kind == "TRANS_STMT_SAVEPOINT" || kind == "TRANS_STMT_RELEASE" ||
             kind == "TRANS_STMT_ROLLBACK_TO") {
    statement.kind = Kind::savepoint;
    statement.word = kind == "TRANS_STMT_SAVEPOINT" ? "SAVEPOINT"
                     : kind == "TRANS_STMT_RELEASE" ? "RELEASE"
                                                    : "ROLLBACK TO";
  } else {
    statement.kind = Kind::other;
    statement.word = kind == "TRANS_STMT_PREPARE"           ? "PREPARE TRANSACTION"
                     : kind == "TRANS_STMT_COMMIT_PREPARED" ? "COMMIT PREPARED"
                                                            : "ROLLBACK PREPARED";
  }
}

Kind kind_of_query(const Statement& statement) {
  const auto& functions = statement.functions;
  if (!statement.written.empty()) return Kind::write;
  if (!statement.locked.empty()) return Kind::lock;
  const bool configures =
      std::find(functions.begin(), functions.end(), "set_config") != functions.end();
  return configures ? Kind::session : Kind::read;
}

bool analyzes(Node explain) {
  for (Node option = explain.at("options").first(); option; option = option.next())
    if (option.text("defname") == "analyze") return true;
  return false;
}

Kind kind_of_utility(std::string_view type) {
  static constexpr std::array session = {"VariableShowStmt", "DeallocateStmt",    "DiscardStmt",
                                         "ListenStmt",       "UnlistenStmt",      "NotifyStmt",
                                         "PrepareStmt",      "ConstraintsSetStmt"};
  static constexpr std::array other = {
      "CallStmt",   "DoStmt",         "ExecuteStmt", "DeclareCursorStmt", "FetchStmt",  "LoadStmt",
      "VacuumStmt", "CheckPointStmt", "ClusterStmt", "ClosePortalStmt",   "ReindexStmt"};
  if (type == "CopyStmt") return Kind::copy;
  if (std::find(session.begin(), session.end(), type) != session.end()) return Kind::session;
  if (std::find(other.begin(), other.end(), type) != other.end()) return Kind::other;
  return Kind::ddl;
}

Change read_change(Node node) {
  Change change;
  const auto relation = node.at("relation");
  change.table = relation_name(relation);
  const auto alias = relation.at("alias").text("aliasname");
  change.alias = alias.empty() ? relation.text("relname") : alias;
  change.deletes = node.type() == "DeleteStmt";
  change.returns = static_cast<bool>(node.at("returningList"));
  for (Node target = node.at("targetList").first(); target; target = target.next())
    change.columns.emplace_back(target.text("name"));
  // A join may change a row more than once, or none: its rows are not told by the key.
  const bool joins = node.at("fromClause") || node.at("usingClause");
  if (!joins) change.equal_columns = columns_compared(node.at("whereClause"));
  return change;
}

std::int64_t rows_of_values(Node insert) {
  std::int64_t rows = 0;
  const auto source = insert.at("selectStmt");
  for (Node row = source.at("valuesLists").first(); row; row = row.next()) ++rows;
  return source ? rows : 1;  // DEFAULT VALUES
}

void read_setting(Node node, Statement& statement) {
  const auto kind = node.text("kind");
  statement.kind = Kind::session;
  statement.parameter = node.text("name");
  statement.value = literal(node.at("args").first());
  statement.sets = kind.starts_with("VAR_SET");
  statement.resets = kind.starts_with("VAR_RESET");
  statement.isolation = isolation_in(node.at("args"));
}

std::string form_of(Node node) {
  const auto type = node.type();
  if (type == "DeallocateStmt") return node.at("name") ? "" : "ALL";
  if (type == "VacuumStmt") return node.flag("is_vacuumcmd") ? "VACUUM" : "ANALYZE";
  if (type == "CopyStmt") return node.at("filename") ? "FILE" : "";
  return {};
}

void read_kind(Node node, Statement& statement) {
  const auto type = node.type();
  if (type == "SelectStmt")
    statement.kind = node.at("intoClause") ? Kind::ddl : kind_of_query(statement);
  else if (type == "ExplainStmt")
    statement.kind = analyzes(node) ? kind_of_query(statement) : Kind::read;
  else
    statement.kind = changes_rows(type) ? Kind::write : kind_of_utility(type);
}

void read_defined(Node node, Statement& statement) {
  statement.defines = statement.kind == Kind::ddl;
  auto definition = read_definition(node);
  if (!definition) return;
  // DROP names its tables by words, not by relations.
  if (definition->object == "OBJECT_TABLE" || definition->object == "OBJECT_VIEW")
    for (const auto& name : definition->names) add_once(statement.tables, name);
  statement.definition = std::make_shared<const Definition>(std::move(*definition));
}

std::string stem(std::string_view type) {
  if (type.ends_with("Stmt")) type.remove_suffix(4);
  return std::string(type);
}

}  // namespace

Statement read_statement(Node node) {
  Statement statement;
  const auto type = node.type();
  statement.node = stem(type);
  if (type == "TransactionStmt") {
    read_transaction(node, statement);
  } else if (type == "VariableSetStmt") {
    read_setting(node, statement);
  } else {
    if (type == "VariableShowStmt") statement.parameter = node.text("name");
    collect(node, statement);
    if (type == "UpdateStmt" || type == "DeleteStmt") statement.change = read_change(node);
    if (type == "InsertStmt") statement.inserted_rows = rows_of_values(node);
    statement.form = form_of(node);
    read_kind(node, statement);
    read_defined(node, statement);
  }
  return statement;
}

}  // namespace emulator
