#include "emulator/transactor.hpp"

namespace emulator {
namespace {

bool conflicted(const Answer& answer) { return answer.failed && answer.code == "40001"; }

// COMMIT of a failed transaction succeeds with another tag.
bool rolled_back(const Answer& answer) { return answer.tag() == "ROLLBACK"; }

}  // namespace

std::optional<Refusal> Transactor::refused(const Statement& statement) {
  return refuse(statement, shared_.dialect,
                [this](const std::string& table) { return judge_.catalog().primary_key(table); });
}

std::optional<Refusal> Transactor::objection(const Statement& statement) {
  shared_.counters.statement(statement.kind);
  // 25P02 wins over everything (facts/dsql.md §1.7): PostgreSQL says it.
  if (failed()) return std::nullopt;
  if (auto refusal = refused(statement)) return refusal;
  if (const auto fault = shared_.injections.at_statement(statement))
    return fault.value() == Fault::catalog_conflict ? catalog_conflict() : server_unavailable();
  return std::nullopt;
}

Answer Transactor::object(const Refusal& refusal) {
  if (refusal.rule == "OC001" || refusal.rule == "OC000")
    shared_.counters.conflict(true, refusal, "statement");
  else if (refusal.rule == "unavailable")
    shared_.counters.unavailable();
  else
    shared_.counters.refusal(refusal);
  judge_.fail();
  Answer answer;
  answer.failed = true;
  answer.code = refusal.code;
  answer.status = judge_.status();
  append_error(answer.frames, refusal);
  return answer;
}

Answer Transactor::control(const Statement& statement, std::string_view sql) {
  if (statement.kind == Kind::begin) {
    implicit_ = false;
    return judge_.begin(sql);
  }
  implicit_ = false;
  if (statement.kind == Kind::commit) return commit(sql, Scope::transaction);
  if (open()) shared_.counters.transaction(Scope::transaction, Outcome::rolled_back);
  return judge_.roll_back(sql);
}

Fault Transactor::commit_fault(const std::vector<const Statement*>& statements) {
  if (statements.empty() || failed()) return Fault::none;
  return shared_.injections.at_commit(statements).value_or(Fault::none);
}

void Transactor::drop(Fault fault, Scope scope) {
  shared_.counters.drop(fault);
  shared_.counters.transaction(
      scope, fault == Fault::drop_after_commit ? Outcome::committed : Outcome::dropped);
  throw Dropped{};
}

void Transactor::count_commit(const Answer& answer, Scope scope, const char* at) {
  if (conflicted(answer)) shared_.counters.conflict(false, data_conflict(), at);
  shared_.counters.transaction(scope, conflicted(answer)    ? Outcome::conflict
                                      : answer.failed       ? Outcome::failed
                                      : rolled_back(answer) ? Outcome::rolled_back
                                                            : Outcome::committed);
}

Answer Transactor::commit(std::string_view sql, Scope scope) {
  if (!open()) return judge_.commit(sql);
  const auto fault = commit_fault(judge_.log().statements());
  if (fault == Fault::drop_before_commit) drop(fault, scope);
  if (fault == Fault::conflict) {
    const auto refusal = data_conflict();
    auto answer = judge_.roll_back("ROLLBACK");
    answer.frames.clear();
    append_error(answer.frames, refusal);
    answer.failed = true;
    answer.code = refusal.code;
    shared_.counters.conflict(true, refusal, "commit");
    shared_.counters.transaction(scope, Outcome::conflict);
    return answer;
  }
  const auto divergences = judge_.divergences();
  auto answer = judge_.commit(sql);
  shared_.counters.diverged(judge_.divergences() - divergences);
  if (fault == Fault::drop_after_commit && !answer.failed) drop(fault, scope);
  count_commit(answer, scope, "commit");
  return answer;
}

Answer Transactor::run(const Unit& unit) {
  auto answer = judge_.run(unit);
  if (conflicted(answer)) shared_.counters.conflict(false, data_conflict(), "statement");
  return answer;
}

Answer Transactor::autocommit(const Unit& unit, const std::vector<Entry>& entries,
                              std::string_view before_again) {
  std::vector<const Statement*> changing;
  std::vector<Entry> locks;
  for (const auto& entry : entries) {
    const auto kind = entry.statement->kind;
    if (kind == Kind::lock || kind == Kind::write) changing.push_back(entry.statement);
    if (kind == Kind::lock) locks.push_back(entry);
  }
  const auto fault = commit_fault(changing);
  if (fault == Fault::drop_before_commit) drop(fault, Scope::autocommit);
  if (fault == Fault::conflict) {
    shared_.counters.transaction(Scope::autocommit, Outcome::conflict);
    return object(data_conflict());
  }
  auto answer = judge_.autocommit(unit, locks, before_again);
  if (fault == Fault::drop_after_commit && !answer.failed) drop(fault, Scope::autocommit);
  for (const auto& entry : entries)
    if (entry.statement->kind == Kind::ddl) ++shared_.docket.definitions;
  if (!changing.empty()) count_commit(answer, Scope::autocommit, "statement");
  return answer;
}

void Transactor::open_implicit() {
  if (open()) return;
  judge_.begin("BEGIN");
  implicit_ = true;
}

std::optional<Answer> Transactor::close_implicit(bool failed) {
  if (!implicit_) return std::nullopt;
  implicit_ = false;
  if (failed) {
    judge_.roll_back("ROLLBACK");
    shared_.counters.transaction(Scope::autocommit, Outcome::rolled_back);
    return std::nullopt;
  }
  auto answer = commit("COMMIT", Scope::autocommit);
  return answer.failed ? std::optional(std::move(answer)) : std::nullopt;
}

}  // namespace emulator
