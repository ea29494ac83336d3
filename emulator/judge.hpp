// Runs a session's statements on PostgreSQL so that they end as Aurora DSQL would end them: each
// statement is tried and undone at once, so that no lock outlives it and nobody waits for an open
// transaction; COMMIT does all of them again, first committer wins (facts/dsql.md §9.1).
// Decides by statements and SQLSTATEs; knows no client and no counter.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/answer.hpp"
#include "emulator/backend.hpp"
#include "emulator/catalog.hpp"
#include "emulator/kept.hpp"
#include "emulator/key_shares.hpp"
#include "emulator/log.hpp"
#include "emulator/patience.hpp"
#include "emulator/trace.hpp"

namespace emulator {

// One statement as the client sent it.
struct Unit {
  Entry entry;
  std::string messages;  // a whole Query, or extended messages without Sync
  bool query = false;
  // A portal bound before this group: its Bind, to be repeated inside the probe.
  std::string earlier_bind;
  // `messages` and `earlier_bind` with the statement prepared anew under `shadow_statement`.
  std::string shadow_messages;
  std::string shadow_bind;
};

inline constexpr std::string_view shadow_statement = "dsql_emulator_shadow";

// What the judges of all sessions share.
struct Docket {
  std::mutex commits;                         // one transaction commits at a time
  std::atomic<std::uint64_t> definitions{0};  // rises with every DDL statement
  KeyShares key_shares;
};

class Judge {
 public:
  Judge(Backend& backend, Docket& docket);
  ~Judge();
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  // The client's transaction status.
  char status() const { return status_; }
  bool open() const { return status_ != 'I'; }

  Answer begin(std::string_view sql);
  // A statement inside the open transaction.
  Answer run(const Unit& unit);
  // Everything up to one Query or Sync outside a transaction. `locks` are its locking statements,
  // `before_again` what must be sent first if it has to be repeated.
  Answer autocommit(const Unit& unit, const std::vector<Entry>& locks,
                    std::string_view before_again);
  // Answers with OC000 if another transaction won.
  Answer commit(std::string_view sql);
  Answer roll_back(std::string_view sql);
  // Messages that are passed on as they are: nothing in them executes a statement.
  Answer pass(const Unit& unit);
  // What comes after CopyInResponse.
  Answer end_copy(std::string_view messages);
  // Puts an open transaction into the failed state, as an error of the server's would.
  void fail();

  // What the open transaction has written and locked.
  const Log& log() const { return log_; }
  Catalog& catalog() { return catalog_; }
  // Statements that touched another number of rows at COMMIT than the client had been told: their
  // values or their order differ each time they run. It should stay at 0.
  std::uint64_t divergences() const { return divergences_; }

 private:
  Answer probe(const Unit& unit);
  // Does everything so far for good and goes on as plain PostgreSQL.
  Answer hold(const Unit& unit);
  bool cast_shadows(const Statement& statement);
  bool plain(const Statement& statement);
  bool harmless(const Statement& statement);
  std::vector<const Entry*> before(const Statement& statement);
  std::vector<Answer> exchange(const Script& script);
  static void append(Script& script, const Unit& unit);
  void append_probed(Script& script, const Unit& unit) const;
  TableFacts facts();
  std::string trace(const Entry& entry);
  Answer commit_log(std::string_view sql);
  // After the log was run again without COMMIT: sends it, or takes all back and is false if another
  // transaction had locked a key that this one has changed or locked.
  bool end_carefully(std::string_view sql, const std::vector<std::string>& changes,
                     std::vector<Answer>& answers);
  Answer single(const Script& script);
  void close_transaction();

  Backend& backend_;
  Docket& docket_;
  std::uint64_t definitions_ = 0;  // of the docket's when the catalog was last asked
  Kept kept_;
  std::uint64_t divergences_ = 0;
  std::optional<KeyShares::Moment> since_;  // of the open transaction's first statement
  Catalog catalog_;
  char status_ = 'I';
  Log log_;
  bool held_ = false;
  // Tables hidden behind a copy of the rows this transaction's snapshot shows, since another
  // transaction has changed them. Not empty: the transaction is doomed.
  std::set<std::string> shadowed_;
};

}  // namespace emulator
