#include "rewriter/classify.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "rewriter/contents.hpp"
#include "rewriter/setting_change.hpp"
#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

using Kind = StatementKind;

// Statements whose type alone decides.
constexpr auto by_type = std::to_array<std::pair<std::string_view, Kind>>({
    {"InsertStmt", Kind::write},           {"UpdateStmt", Kind::write},
    {"DeleteStmt", Kind::write},           {"MergeStmt", Kind::write},
    {"TruncateStmt", Kind::write},         {"LockStmt", Kind::write},
    {"VariableShowStmt", Kind::read},      {"VariableSetStmt", Kind::set},
    {"ConstraintsSetStmt", Kind::set},     {"DiscardStmt", Kind::discard},
    {"PrepareStmt", Kind::sql_prepare},    {"ExecuteStmt", Kind::sql_execute},
    {"DeclareCursorStmt", Kind::cursor},   {"FetchStmt", Kind::cursor},
    {"ClosePortalStmt", Kind::cursor},     {"CopyStmt", Kind::copy},
    {"CallStmt", Kind::procedure},         {"DoStmt", Kind::procedure},
    {"ListenStmt", Kind::listen},          {"UnlistenStmt", Kind::listen},
    {"NotifyStmt", Kind::listen},          {"VacuumStmt", Kind::maintenance},
    {"CheckPointStmt", Kind::maintenance}, {"ClusterStmt", Kind::maintenance},
    {"LoadStmt", Kind::maintenance},       {"AlterSystemStmt", Kind::unknown},
});

// They commit by themselves: PostgreSQL runs them only outside a transaction block, and in a
// pipeline what they did stays though a later statement fails.
constexpr auto commits_itself = std::to_array<std::string_view>(
    {"CreatedbStmt", "DropdbStmt", "CreateTableSpaceStmt", "DropTableSpaceStmt",
     "CreateSubscriptionStmt", "AlterSubscriptionStmt", "DropSubscriptionStmt"});

bool concurrently(Node statement) {
  if (statement.flag("concurrent")) return true;
  for (Node part = statement.at("params").first(); part; part = part.next())
    if (part.text("defname") == "concurrently") return true;
  for (Node command = statement.at("cmds").first(); command; command = command.next())
    if (command.at("def").flag("concurrent")) return true;  // DETACH PARTITION
  return false;
}

bool reindexes_many(Node statement) {
  const std::string_view kind = statement.text("kind");
  return statement.type() == "ReindexStmt" && kind != "REINDEX_OBJECT_INDEX" &&
         kind != "REINDEX_OBJECT_TABLE";
}

// The grammar's names for what changes the catalogue.
constexpr auto ddl_starts = std::to_array<std::string_view>(
    {"Create", "Alter", "Drop", "Grant", "Comment", "Rename", "IndexStmt", "ViewStmt", "RuleStmt",
     "DefineStmt", "ReindexStmt", "SecLabelStmt", "ReassignOwnedStmt", "ImportForeignSchemaStmt",
     "CompositeTypeStmt", "RefreshMatViewStmt"});

Kind transaction_kind(std::string_view kind) {
  if (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START") return Kind::begin;
  if (kind == "TRANS_STMT_COMMIT") return Kind::commit;
  if (kind == "TRANS_STMT_ROLLBACK") return Kind::rollback;
  if (kind == "TRANS_STMT_SAVEPOINT" || kind == "TRANS_STMT_RELEASE" ||
      kind == "TRANS_STMT_ROLLBACK_TO") {
    return Kind::savepoint;
  }
  if (kind == "TRANS_STMT_PREPARE" || kind == "TRANS_STMT_COMMIT_PREPARED" ||
      kind == "TRANS_STMT_ROLLBACK_PREPARED") {
    return Kind::prepared_transaction;
  }
  return Kind::unknown;
}

Kind select_kind(const Contents& contents) {
  if (contents.creates_table) return Kind::ddl;
  if (contents.locks || contents.modifies || contents.unproven_call || contents.unknown_node ||
      contents.advisory) {
    return Kind::write;
  }
  return contents.sets ? Kind::set : Kind::read;
}

// ANALYZE counts as asked for unless the option clearly says no.
bool analyzes(Node explain) {
  for (Node option = explain.at("options").first(); option; option = option.next()) {
    if (option.text("defname") != "analyze") continue;
    const Node arg = option.at("arg");
    const std::string_view word = arg.text("sval");
    const bool no = same_word(word, "off") || same_word(word, "false") ||
                    (arg.type() == "Integer" && arg.number("ival") == 0) ||
                    (arg.type() == "Boolean" && !arg.flag("boolval"));
    if (!no) return true;
  }
  return false;
}

Kind kind_of(Node statement, const Contents& contents);

// Without ANALYZE a query is only planned; planning still calls functions marked immutable.
Kind explain_kind(Node explain) {
  const Node query = explain.at("query");
  const Contents contents = contents_of(query);
  const std::string_view type = query.type();
  const bool is_query = type == "SelectStmt" || type == "InsertStmt" || type == "UpdateStmt" ||
                        type == "DeleteStmt" || type == "MergeStmt";
  const bool only_plans = is_query && !analyzes(explain) && !contents.creates_table &&
                          !contents.unproven_call && !contents.advisory && !contents.sets;
  return only_plans ? Kind::read : kind_of(query, contents);
}

Kind kind_of(Node statement, const Contents& contents) {
  const std::string_view type = statement.type();
  if (type == "SelectStmt") return select_kind(contents);
  if (type == "TransactionStmt") return transaction_kind(statement.text("kind"));
  if (type == "ExplainStmt") return explain_kind(statement);
  if (type == "DeallocateStmt") {
    return statement.at("name") ? Kind::deallocate : Kind::deallocate_all;
  }
  for (const auto& [name, kind] : by_type) {
    if (type == name) return kind;
  }
  if (std::find(commits_itself.begin(), commits_itself.end(), type) != commits_itself.end() ||
      concurrently(statement) || reindexes_many(statement)) {
    return Kind::maintenance;
  }
  const bool is_ddl = std::any_of(ddl_starts.begin(), ddl_starts.end(), [&](auto start) {
    return type.substr(0, start.size()) == start;
  });
  return is_ddl ? Kind::ddl : Kind::unknown;
}

// SET TRANSACTION ends with its transaction; RESET takes back what a SET had left.
bool set_stays(Node statement) {
  if (statement.type() != "VariableSetStmt") return false;
  const std::string_view kind = statement.text("kind");
  const std::string_view name = statement.text("name");
  if (kind == "VAR_RESET" || kind == "VAR_RESET_ALL" || kind == "VAR_SET_DEFAULT") return false;
  if (kind == "VAR_SET_MULTI") return name == "SESSION CHARACTERISTICS";
  return !statement.flag("is_local") && !ends_with_transaction(name);
}

bool stays(Node statement, Kind kind, const Contents& contents) {
  constexpr std::int64_t with_hold = 0x0020;  // CURSOR_OPT_HOLD, nodes/parsenodes.h
  if (contents.sets_for_session || contents.advisory) return true;
  switch (kind) {
    case Kind::set:
      return set_stays(statement);
    case Kind::ddl:
      return contents.temporary;
    case Kind::cursor:
      return (statement.number("options") & with_hold) != 0;
    case Kind::listen:
      return statement.type() == "ListenStmt";
    case Kind::maintenance:
      return statement.type() == "LoadStmt";
    case Kind::sql_prepare:
    case Kind::procedure:  // its body is a string: it may set anything
    case Kind::unknown:
      return true;
    default:
      return false;
  }
}

}  // namespace

Statement classify(Node node) {
  Contents contents = contents_of(node);
  Statement statement;
  statement.kind = kind_of(node, contents);
  statement.locks = contents.locks;
  statement.calls = contents.unproven_call;
  statement.chain = node.type() == "TransactionStmt" && node.flag("chain");
  statement.holds_session_state = stays(node, statement.kind, contents);
  if (contents.sets && !statement.holds_session_state) {
    statement.setting = SettingChange{SettingChange::Kind::local, {}, {}};
  }
  if (statement.kind == Kind::deallocate || statement.kind == Kind::sql_prepare ||
      statement.kind == Kind::sql_execute) {
    statement.name = node.text("name");
  }
  statement.tables = std::move(contents.tables);
  return statement;
}

}  // namespace occam::rewriter
