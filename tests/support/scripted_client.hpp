// A client of the simulation: runs random transactions in random protocol styles, checks every
// answer byte it gets against what PostgreSQL's protocol allows, and keeps account of what it was
// promised. It believes nothing it was not told. Deterministic by its random source.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "proxy/wire/frame.hpp"

#include "tests/support/occ_server.hpp"

namespace occam::simulation {

// An invariant was broken; the seed reproduces it.
class Violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What all clients of a run were promised, to be held against the database at the end.
struct Account {
  std::set<std::int64_t> acknowledged;  // ids of transactions whose COMMIT was acknowledged
  std::set<std::int64_t> refused;       // ids whose transaction was told to have failed
  std::set<std::int64_t>
      doubtful;  // ids whose outcome was told to be unknown (08007), or whose client left
  std::map<std::int64_t, std::map<int, int>> increments;  // by id: key, how much
  std::uint64_t surfaced = 0;                             // 40001 seen by clients
  std::uint64_t in_doubt = 0;                             // 08007 seen by clients
  std::uint64_t lost = 0;                                 // 08006 seen by clients
  std::uint64_t unserved = 0;                             // 53300 and 57014 seen by clients
  std::uint64_t transactions = 0;
};

struct ClientSettings {
  int transactions = 10;
  int keys = 3;
  bool flushes = false;    // some groups use Flush: their transactions cannot be repeated
  bool streams = false;    // answers may exceed the hold limit, so a conflict may surface anywhere
  bool may_leave = false;  // the client may vanish in mid-transaction
  bool cancels = false;    // the client cancels at random moments: then nothing is repeated
  bool refusals = false;   // no upstream connection may be found for it
  // Whether a conflict may surface in a transaction of blind writes.
  bool lenient() const { return streams || cancels; }
};

class Client {
  // Added to a transaction's id for the second one in the same group.
  static constexpr std::int64_t second_id = 500'000;

 public:
  Client(int number, const ClientSettings& settings, Account& account, Random& random);

  // The next messages to send, if the client wants to send now; empty if it waits or is finished.
  std::string speak();
  // One message from the proxy. Throws Violation.
  void listen(const wire::Frame& frame);
  bool finished() const { return finished_; }
  bool wants_to_leave();
  // It vanished: what was not acknowledged is doubtful.
  void left();
  // The relay found no connection to repeat its transaction on: one error may be the original.
  void gave_up() { originals_due_ += 1; }

 private:
  enum class Op { begin, read, increment, write_read, insert, commit, rollback, probe, set, show };
  enum class Style { simple, unnamed, described, named };
  struct Step {
    Op op;
    int key = 0;  // insert: 1 for the id of the second transaction in one group; set: the value
  };
  struct Expected {  // the answers due, in order
    char type;
    Op op;
    int key;
  };
  struct GroupSent {
    std::vector<Expected> expected;
    std::size_t at = 0;
    bool failed = false;
    bool may_commit = false;  // holds a COMMIT, or writes outside a transaction
    bool conflicts_hidden = true;
  };

  void plan_transaction();
  int random_setting();
  std::string send_next();
  void append_op(std::string& out, GroupSent& group, const Step& step, Style style);
  std::string sql(const Step& step, bool parameters) const;
  std::vector<std::string> values(const Step& step) const;
  void append_named(std::string& out, GroupSent& group, const Step& step);
  void append_bind_execute(std::string& out, GroupSent& group, const Step& step,
                           const std::string& name);
  void expect(GroupSent& group, char type, const Step& step) const;
  void on_error(const wire::Frame& frame, GroupSent& group);
  void on_ready(char status, GroupSent& group);
  void on_complete(const Expected& expected, std::string_view tag);
  void conclude(std::set<std::int64_t>& as);
  bool is_original();

  int number_;
  ClientSettings settings_;
  Account& account_;
  Random& random_;
  int done_ = 0;
  bool finished_ = false;
  bool leaving_ = false;

  // the transaction under way
  std::int64_t id_ = 0;
  std::vector<std::vector<Step>> groups_;  // still to send
  bool pipelined_ = false;                 // send the groups without waiting
  bool explicit_ = false;
  bool blind_ = true;
  // Inserted by transactions not yet acknowledged, in the order of their COMMITs.
  std::vector<std::int64_t> open_ids_;
  Style style_ = Style::simple;
  bool mixed_ = false;  // another style for each group
  int originals_due_ = 0;
  std::int64_t last_read_ = 0;
  std::optional<int> setting_ = 0;  // extra_float_digits as it was set; nothing: in doubt
  std::optional<int> set_inside_;   // by the transaction under way
  char status_ = 'I';
  std::vector<GroupSent> sent_;               // groups whose ReadyForQuery is still due
  std::map<std::string, std::string> names_;  // prepared statements the client believes in
};

}  // namespace occam::simulation
