// Transactor where a transaction begins and ends, on order of the client's or without one.
#include "emulator/client/transactor.hpp"

namespace emulator {
namespace {

TimePoint now() { return std::chrono::steady_clock::now(); }

bool conflicted(const Answer& answer) { return answer.failed && answer.code == "40001"; }

// Where the client is told: outside a transaction it is on the statement (facts/dsql.md §1.4).
const char* told_at(Scope scope) { return scope == Scope::autocommit ? "statement" : "commit"; }

// COMMIT of a failed transaction succeeds with another tag.
bool rolled_back(const Answer& answer) { return answer.tag() == "ROLLBACK"; }

}  // namespace

Answer Transactor::control(const Statement& statement, std::string_view sql) {
  implicit_ = false;
  if (statement.kind == Kind::begin) {
    if (!open()) rules_.begin(now());
    return judge_.begin(sql);
  }
  if (statement.kind == Kind::commit) {
    auto answer = commit(sql, Scope::transaction);
    if (open()) rules_.begin(now());  // AND CHAIN
    return answer;
  }
  if (open()) shared_.counters.transaction(Scope::transaction, Outcome::rolled_back);
  asked_.reset();
  auto answer = judge_.roll_back(sql);
  if (open()) rules_.begin(now());
  return answer;
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
  if (conflicted(answer))
    count(answer.rule == catalog_conflict().rule ? catalog_conflict(shared_.dialect)
                                                 : data_conflict(shared_.dialect),
          false, at);
  else if (!answer.rule.empty())
    shared_.counters.refusal({answer.rule, answer.code, {}, {}, {}});
  shared_.counters.transaction(scope, conflicted(answer)    ? Outcome::conflict
                                      : answer.failed       ? Outcome::failed
                                      : rolled_back(answer) ? Outcome::rolled_back
                                                            : Outcome::committed);
}

Answer Transactor::refuse_commit(const Refusal& refusal, bool injected, Scope scope) {
  auto answer = judge_.roll_back("ROLLBACK");
  answer.frames.clear();
  append_error(answer.frames, refusal);
  answer.failed = true;
  answer.code = refusal.code;
  answer.rule = refusal.rule;
  count(refusal, injected, told_at(scope));
  shared_.counters.transaction(scope, conflicted(answer) ? Outcome::conflict : Outcome::failed);
  asked_.reset();
  return answer;
}

Answer Transactor::commit(std::string_view sql, Scope scope) {
  if (!open()) return judge_.commit(sql);
  if (!failed())
    if (const auto refusal = rules_.objection_to_commit(now()))
      return refuse_commit(*refusal, false, scope);
  const auto fault = commit_fault(judge_.log().statements());
  if (fault == Fault::drop_before_commit) drop(fault, scope);
  if (fault == Fault::conflict) return refuse_commit(data_conflict(shared_.dialect), true, scope);
  const auto divergences = judge_.divergences();
  auto answer = judge_.commit(sql);
  shared_.counters.diverged(judge_.divergences() - divergences);
  const auto asked = std::exchange(asked_, std::nullopt);
  if (asked && !answer.failed && !rolled_back(answer))
    shared_.jobs.start(asked->job, asked->id, account_);
  if (fault == Fault::drop_after_commit && !answer.failed) drop(fault, scope);
  count_commit(answer, scope, told_at(scope));
  return answer;
}

void Transactor::open_implicit() {
  if (open()) return;
  rules_.begin(now());
  judge_.begin("BEGIN");
  implicit_ = true;
}

std::optional<Answer> Transactor::close_implicit(bool failed) {
  if (!implicit_) return std::nullopt;
  implicit_ = false;
  if (failed) {
    judge_.roll_back("ROLLBACK");
    asked_.reset();
    shared_.counters.transaction(Scope::autocommit, Outcome::rolled_back);
    return std::nullopt;
  }
  auto answer = commit("COMMIT", Scope::autocommit);
  return answer.failed ? std::optional(std::move(answer)) : std::nullopt;
}

}  // namespace emulator
