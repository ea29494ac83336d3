// A session's transaction as its client sees it: rules first, then faults on order, then the judge;
// everything that is told to the client is counted here. Knows statements and answers, no wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/client/counters.hpp"
#include "emulator/connect/entrance.hpp"
#include "emulator/faults/injection.hpp"
#include "emulator/jobs/jobs.hpp"
#include "emulator/judge/judge.hpp"
#include "emulator/rules/rules.hpp"
#include "emulator/rules/setting_rules.hpp"
#include "emulator/rules/transaction_rules.hpp"
#include "emulator/statement/reader.hpp"

namespace emulator {

// What all sessions share.
struct Shared {
  Postgres postgres;
  Dialect dialect = dialect_current;
  int lock_timeout_ms = 5;
  Reader& reader;
  Injections& injections;
  Counters& counters;
  Docket& docket;
  Jobs& jobs;
  Limits limits;
  bool any_definitions = false;  // DDL is not judged
  Entrance& entrance;
};

// Why a statement is not run.
struct Objection {
  Refusal refusal;
  bool injected = false;
};

// The client's connection is to be closed without another word.
struct Dropped {};

class Transactor {
 public:
  // `account` is the session's login at PostgreSQL. All outlive the transactor.
  Transactor(Shared& shared, Judge& judge, const Postgres& account)
      : shared_(shared), judge_(judge), account_(account), rules_(shared.limits) {}

  // Of the client's ReadyForQuery.
  char status() const { return judge_.status(); }
  bool open() const { return judge_.open(); }
  bool failed() const { return judge_.status() == 'E'; }

  // The rules' verdict on a statement that is prepared or run. Counted by the caller's answer().
  std::optional<Refusal> refused(const Statement& statement);
  // Counts the statement; what rules, faults or a changed catalog say against running it, if
  // anything.
  std::optional<Objection> objection(const Statement& statement);
  // A setting that PostgreSQL does not know, to be set by set().
  bool answers(const Statement& statement) const { return sets_sync_indexes(statement); }
  Answer set(const Statement& statement);
  // The answer to an objection: counted, and an open transaction fails.
  Answer object(const Objection& objection);
  // Whether a statement with so many bytes of parameters may commit by itself: it reads, or changes
  // one row at most and stores nothing large, so that no limit, job or catalog has a say in it.
  bool light(const Statement& statement, std::size_t given_bytes);
  // And so many rows and bytes of them in one group.
  bool within_limits(std::int64_t rows, std::size_t bytes) const {
    return rows <= shared_.limits.rows &&
           static_cast<std::int64_t>(bytes) <= shared_.limits.bytes / 4;
  }

  // BEGIN, COMMIT, ROLLBACK. Throws Dropped.
  Answer control(const Statement& statement, std::string_view sql);
  // Any other statement inside a transaction.
  Answer run(const Unit& unit);
  // A group outside a transaction; `entries` are its statements. Throws Dropped.
  Answer autocommit(const Unit& unit, const std::vector<Entry>& entries,
                    std::string_view before_again);
  // Whether the client's prepared statements are gone since this was last asked.
  bool take_deallocated() { return std::exchange(deallocated_, false); }
  Answer pass(const Unit& unit) { return judge_.pass(unit); }
  Answer end_copy(std::string_view messages);

  // A group that cannot be run in one go becomes a transaction of its own.
  void open_implicit();
  bool implicit() const { return implicit_; }
  // Commits or rolls it back; the error to tell instead of the last tag, if any. Throws Dropped.
  std::optional<Answer> close_implicit(bool failed);

 private:
  Answer run_job(const Unit& unit, const Job& job);
  void see_deallocate(const Statement& statement, const Answer& answer);
  void count(const Refusal& refusal, bool injected, const char* at);
  // A statement that ran is refused after all.
  Answer take_back(Answer answer, const Refusal& refusal);
  // COMMIT is answered with this instead, and the transaction rolled back.
  Answer refuse_commit(const Refusal& refusal, bool injected, Scope scope);
  Answer commit(std::string_view sql, Scope scope);
  Fault commit_fault(const std::vector<const Statement*>& statements);
  void count_commit(const Answer& answer, Scope scope, const char* at);
  [[noreturn]] void drop(Fault fault, Scope scope);

  Shared& shared_;
  Judge& judge_;
  const Postgres& account_;
  TransactionRules rules_;
  bool implicit_ = false;
  bool deallocated_ = false;
  // CREATE INDEX without ASYNC passes (facts/dsql.md §3.3). Neither SET LOCAL nor a rollback takes
  // it back.
  bool sync_indexes_ = false;
  // What the open transaction has asked for, by its id.
  struct Asked {
    Job job;
    std::string id;
  };
  std::optional<Asked> asked_;
};

}  // namespace emulator
