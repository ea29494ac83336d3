// Runs a session's statements on PostgreSQL so that they end as Aurora DSQL would end them: nobody
// waits for another's open transaction, and the first committer wins (facts/dsql.md §9.1).
// A transaction keeps the locks of what it has done while nobody wants them. Once somebody does, it
// is undone up to its beginning, and from then on each of its statements is tried and undone at
// once; COMMIT does all of them again. Decides by statements and SQLSTATEs; knows no client and no
// counter. One session's thread uses it, in turns; between two turns another thread may undo.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/judge/docket.hpp"
#include "emulator/judge/log.hpp"
#include "emulator/judge/patience.hpp"
#include "emulator/judge/trace.hpp"
#include "emulator/postgres/answer.hpp"
#include "emulator/postgres/backend.hpp"
#include "emulator/postgres/catalog.hpp"
#include "emulator/postgres/kept.hpp"
#include "emulator/rules/limits.hpp"

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
  // Closes what `messages` prepares under a name, so that they can be sent once more.
  std::string before_again;
};

inline constexpr std::string_view shadow_statement = "dsql_emulator_shadow";

class Judge {
 public:
  Judge(Backend& backend, Docket& docket, const Limits& limits);
  ~Judge();
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  // Around everything that is done for one message of the client's.
  void take_turn();
  void end_turn();
  // Another session wants a lock that this one may keep. From any thread.
  void ask_to_yield();

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
  // Answers with OC000 if another transaction won, with OC001 if another one changed the catalog.
  Answer commit(std::string_view sql);
  Answer roll_back(std::string_view sql);
  // Messages that are passed on as they are: nothing in them executes a statement.
  Answer pass(const Unit& unit);
  // What comes after CopyInResponse.
  Answer end_copy(std::string_view messages);
  // Puts an open transaction into the failed state, as an error of the server's would.
  void fail();

  // Whether another session has changed the catalog since this one last looked. True only once for
  // each change: with the error the session learns of the new catalog (facts/dsql.md §1.4).
  bool catalog_changed();
  // Runs a text inside the open transaction and undoes it; the answer says whether it would do.
  Answer try_out(std::string_view sql);
  // DEALLOCATE ALL has closed what this judge had prepared for itself.
  void prepare_again();
  // Sets a parameter for the rest of the transaction, or the session.
  void configure(std::string_view parameter, std::string_view value);
  // What the open transaction has written and locked.
  const Log& log() const { return log_; }
  Catalog& catalog() { return catalog_; }
  // Statements that touched another number of rows at COMMIT than the client had been told: their
  // values or their order differ each time they run. It should stay at 0.
  std::uint64_t divergences() const { return divergences_; }

 private:
  // Of what a statement may have stored too large, a table to look at.
  struct Measure {
    std::shared_ptr<const Layout> layout;
    std::string sql;
  };

  Answer configure(const Unit& unit);
  enum class Mode {
    fresh,      // the transaction has done nothing yet but set a savepoint
    keeping,    // what it did stands, with its locks, unless it has to yield
    replaying,  // it was undone; COMMIT does all of it again
    plain,      // what it did stands whatever happens: it cannot be repeated
  };

  // Runs the statement for good; as a probe if it met another session's locks or commit.
  Answer keep(const Unit& unit);
  // Undoes a transaction that keeps its locks.
  void yield();
  // The same, and from now on nothing is kept.
  void undo();
  // `again`: the messages have been sent once already.
  Answer probe(const Unit& unit, bool again = false);
  void note(const Unit& unit, const Answer& own);
  std::vector<Measure> measures(const Unit& unit);
  std::optional<Refusal> too_large(const std::vector<Measure>& measures,
                                   const std::vector<Answer>& answers, std::size_t behind) const;
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
  std::string trace(const Entry& entry, bool weakly = false);
  // Of the log's entry: a FOR UPDATE that a later UPDATE of its transaction has made weaker.
  bool weakened(std::size_t index);
  Answer commit_somehow(std::string_view sql);
  void chain();
  // Nothing if the transaction had to be undone first.
  std::optional<Answer> commit_kept(std::string_view sql);
  Answer commit_log(std::string_view sql);
  std::optional<Answer> lost_to_ddl();
  std::vector<std::string> traces();
  Answer end(std::vector<Answer> answers, const std::vector<std::string>& traces);
  // After the log was run again without COMMIT: sends it, or takes all back and says why.
  std::optional<Refusal> end_carefully(std::string_view sql,
                                       const std::vector<std::string>& changes,
                                       std::vector<Answer>& answers);
  // Whether another transaction had locked a key that this one has changed or locked.
  bool met_key_shares(const std::vector<std::string>& changes, const std::vector<Answer>& answers);
  // Whether what the log has written may come near the limit at all; and how much it is.
  bool may_be_heavy() const;
  std::int64_t weight(const std::vector<Answer>& answers);
  Answer single(const Script& script);
  void close_transaction();

  Backend& backend_;
  Docket& docket_;
  const Limits& limits_;
  std::optional<std::uint64_t> known_version_;  // of the docket's; none before the first statement
  std::uint64_t asked_version_ = 0;             // when the catalog was last asked
  Kept kept_;
  std::uint64_t divergences_ = 0;
  std::optional<KeyShares::Moment> since_;  // of the open transaction's first statement
  Catalog catalog_;
  char status_ = 'I';
  Log log_;
  Mode mode_ = Mode::fresh;
  std::mutex turn_;
  bool in_turn_ = false;  // the session's own thread has it
  std::atomic<bool> asked_to_yield_ = false;
  // Tables hidden behind a copy of the rows this transaction's snapshot shows, since another
  // transaction has changed them. Not empty: the transaction is doomed.
  std::set<std::string> shadowed_;
  std::map<Origin, Origin> origins_;       // of the copies' columns; the client is told the tables'
  std::vector<std::string> shared_names_;  // keeping: rows locked FOR KEY SHARE
};

}  // namespace emulator
