#include "emulator/statement.hpp"

#include <algorithm>
#include <array>

#include "rewriter/nesting.hpp"
#include "rewriter/parse_tree.hpp"

#include "emulator/locks.hpp"
#include "emulator/tree.hpp"

namespace emulator {
namespace {

using occam::rewriter::Node;
using occam::rewriter::ParseTree;

bool changes_rows(std::string_view type) {
  return type == "InsertStmt" || type == "UpdateStmt" || type == "DeleteStmt" ||
         type == "MergeStmt";
}

// What is found deep inside counts as much as what stands on top.
void collect(Node root, Statement& statement) {
  occam::rewriter::walk(root, [&statement, root](Node node) {
    const auto type = node.type();
    if (type == "RangeVar") {
      add_once(statement.tables, relation_name(node));
    } else if (type == "FuncCall") {
      add_once(statement.functions, last_word(node.at("funcname")));
    } else if (type == "SelectStmt") {
      collect_locks(node, node == root, statement);
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
    statement.kind = Kind::other;  // two-phase commit
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
  return change;
}

Statement read(Node node) {
  Statement statement;
  const auto type = node.type();
  if (type == "TransactionStmt") {
    read_transaction(node, statement);
    return statement;
  }
  if (type == "VariableSetStmt") {
    statement.kind = Kind::session;
    statement.parameter = node.text("name");
    statement.sets = node.text("kind").starts_with("VAR_SET");
    statement.isolation = isolation_in(node.at("args"));
    return statement;
  }
  collect(node, statement);
  if (type == "UpdateStmt" || type == "DeleteStmt") statement.change = read_change(node);
  if (type == "LockStmt") statement.word = "Lock";
  if (type == "ListenStmt") statement.word = "Listen";
  if (type == "NotifyStmt") statement.word = "Notify";
  if (type == "UnlistenStmt") statement.word = "Unlisten";
  if (type == "SelectStmt")
    statement.kind = node.at("intoClause") ? Kind::ddl : kind_of_query(statement);
  else if (type == "ExplainStmt")
    statement.kind = analyzes(node) ? kind_of_query(statement) : Kind::read;
  else
    statement.kind = changes_rows(type) ? Kind::write : kind_of_utility(type);
  return statement;
}

Parsed unparsed(std::string_view text) {
  Parsed parsed{std::string(text), {}};
  parsed.statements.emplace_back();
  parsed.statements.back().length = text.size();
  return parsed;
}

}  // namespace

const char* name(Kind kind) {
  switch (kind) {
    case Kind::begin:
      return "begin";
    case Kind::commit:
      return "commit";
    case Kind::rollback:
      return "rollback";
    case Kind::savepoint:
      return "savepoint";
    case Kind::read:
      return "read";
    case Kind::lock:
      return "lock";
    case Kind::write:
      return "write";
    case Kind::session:
      return "session";
    case Kind::ddl:
      return "ddl";
    case Kind::copy:
      return "copy";
    case Kind::other:
      return "other";
    case Kind::unparsed:
      return "unparsed";
  }
  return "";
}

bool Statement::names(std::string_view table) const {
  return std::any_of(tables.begin(), tables.end(), [table](const std::string& named) {
    return named == table || (named.size() > table.size() && named.ends_with(table) &&
                              named[named.size() - table.size() - 1] == '.');
  });
}

std::string_view Parsed::piece(const Statement& statement) const {
  return std::string_view(text).substr(statement.begin, statement.length);
}

Parsed parse(std::string_view text) {
  if (text.size() > longest_parsed) return unparsed(text);
  Parsed parsed{std::string(text), {}};
  const auto tokens = occam::rewriter::scan(parsed.text);
  if (!tokens || occam::rewriter::depth_bound(text, *tokens) > occam::rewriter::deepest_parsed)
    return unparsed(text);
  const auto tree = ParseTree::parse(parsed.text);
  if (!tree) return unparsed(text);
  for (std::size_t i = 0; i < tree->statements().size(); ++i) {
    auto statement = read(tree->statements()[i]);
    const auto extent = tree->extents()[i];
    statement.begin = extent.begin;
    statement.length = extent.end - extent.begin;
    if (!statement.locked.empty()) {
      locate_from(*tokens, parsed.text, statement);
      blank_wait_policies(*tokens, statement, parsed.text);
    }
    parsed.statements.push_back(std::move(statement));
  }
  return parsed;
}

}  // namespace emulator
