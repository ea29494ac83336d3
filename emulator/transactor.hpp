// A session's transaction as its client sees it: rules first, then faults on order, then the judge;
// everything that is told to the client is counted here. Knows statements and answers, no wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/counters.hpp"
#include "emulator/injection.hpp"
#include "emulator/judge.hpp"
#include "emulator/reader.hpp"
#include "emulator/rules.hpp"

namespace emulator {

// What all sessions share.
struct Shared {
  Postgres postgres;
  Dialect dialect = Dialect::current;
  int lock_timeout_ms = 50;
  Reader& reader;
  Injections& injections;
  Counters& counters;
  Docket& docket;
};

// The client's connection is to be closed without another word.
struct Dropped {};

class Transactor {
 public:
  Transactor(Shared& shared, Judge& judge) : shared_(shared), judge_(judge) {}

  // Of the client's ReadyForQuery.
  char status() const { return judge_.status(); }
  bool open() const { return judge_.open(); }
  bool failed() const { return judge_.status() == 'E'; }

  // The rules' verdict on a statement that is prepared or run. Counted by the caller's answer().
  std::optional<Refusal> refused(const Statement& statement);
  // Counts the statement; what rules or injected faults say against running it, if anything.
  std::optional<Refusal> objection(const Statement& statement);
  // The answer to an objection: counted, and an open transaction fails.
  Answer object(const Refusal& refusal);

  // BEGIN, COMMIT, ROLLBACK. Throws Dropped.
  Answer control(const Statement& statement, std::string_view sql);
  // Any other statement inside a transaction.
  Answer run(const Unit& unit);
  // A group outside a transaction; `entries` are its statements. Throws Dropped.
  Answer autocommit(const Unit& unit, const std::vector<Entry>& entries,
                    std::string_view before_again);
  Answer pass(const Unit& unit) { return judge_.pass(unit); }
  Answer end_copy(std::string_view messages) { return judge_.end_copy(messages); }

  // A group that cannot be run in one go becomes a transaction of its own.
  void open_implicit();
  bool implicit() const { return implicit_; }
  // Commits or rolls it back; the error to tell instead of the last tag, if any. Throws Dropped.
  std::optional<Answer> close_implicit(bool failed);

 private:
  Answer commit(std::string_view sql, Scope scope);
  Fault commit_fault(const std::vector<const Statement*>& statements);
  void count_commit(const Answer& answer, Scope scope, const char* at);
  [[noreturn]] void drop(Fault fault, Scope scope);

  Shared& shared_;
  Judge& judge_;
  bool implicit_ = false;
};

}  // namespace emulator
