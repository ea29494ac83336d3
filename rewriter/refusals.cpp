#include "rewriter/refusals.hpp"

#include <string>

#include "rewriter/functions.hpp"

namespace occam::rewriter {
namespace {

std::unique_ptr<const Refusal> refusal(std::string what, std::string hint) {
  return std::make_unique<const Refusal>(
      Refusal{"0A000", std::move(what) + " is not supported by Aurora DSQL", std::move(hint)});
}

std::unique_ptr<const Refusal> refuse_savepoint(std::string_view kind) {
  const char* word = kind == "TRANS_STMT_SAVEPOINT" ? "SAVEPOINT"
                     : kind == "TRANS_STMT_RELEASE" ? "RELEASE SAVEPOINT"
                                                    : "ROLLBACK TO SAVEPOINT";
  return refusal(word,
                 "Use one transaction without savepoints: on an error ROLLBACK and run the whole "
                 "transaction again, or split it into several transactions.");
}

std::unique_ptr<const Refusal> refuse_lock_table() {
  return refusal(
      "LOCK TABLE",
      "Lock the rows that must not change with SELECT ... FOR UPDATE; a conflict is then "
      "found at COMMIT.");
}

std::unique_ptr<const Refusal> refuse_advisory(Node statement) {
  std::unique_ptr<const Refusal> found;
  walk(statement, [&](Node node) {
    if (!found && node.type() == "FuncCall" && effect_of(node) == Effect::advisory_lock) {
      found = refusal("function " + std::string(function_name(node)),
                      "Keep a row that stands for the lock and take it with SELECT ... FOR UPDATE "
                      "in the transaction that needs it; a conflict is then found at COMMIT.");
    }
    return !found;
  });
  return found;
}

}  // namespace

std::unique_ptr<const Refusal> refuse(Node statement) {
  if (statement.type() == "LockStmt") return refuse_lock_table();
  const std::string_view kind = statement.text("kind");
  if (kind == "TRANS_STMT_SAVEPOINT" || kind == "TRANS_STMT_RELEASE" ||
      kind == "TRANS_STMT_ROLLBACK_TO") {
    return refuse_savepoint(kind);
  }
  return refuse_advisory(statement);
}

}  // namespace occam::rewriter
