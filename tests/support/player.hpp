// Plays the steps of a trace against one server through libpq, an implementation of the protocol
// that is not ours: one connection per session, one statement at a time, each bounded in time.
// Knows nothing of what the outcomes should be.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <libpq-fe.h>

#include "tests/support/trace.hpp"

namespace occam::trace_player {

struct Result {
  std::string tag;                   // command tag; empty for an error
  std::vector<std::string> columns;  // name:type, the type as its OID
  std::vector<std::vector<Value>> rows;
  std::string sqlstate;  // empty: no error; "timeout" and "lost" stand beside PostgreSQL's own
  std::string message;   // for people; not part of the comparison

  bool failed() const { return !sqlstate.empty(); }
};
// A simple query may hold several statements.
using Outcome = std::vector<Result>;

bool same(const Outcome& left, const Outcome& right);
std::string to_text(const Outcome& outcome);

class Player {
 public:
  Player(std::string dsn, std::chrono::milliseconds patience);
  Outcome play(const Trace& trace, const Step& step);

 private:
  struct Close {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  struct Session {
    std::unique_ptr<PGconn, Close> connection;
    std::set<std::size_t> prepared;  // texts known to this connection
  };

  Session& session(std::size_t number);
  // Reads to the end of one request; a statement that takes too long is cancelled.
  Outcome collect(PGconn* connection);
  bool await_answer(PGconn* connection, std::chrono::milliseconds patience);

  std::string dsn_;
  std::chrono::milliseconds patience_;
  std::map<std::size_t, Session> sessions_;
};

}  // namespace occam::trace_player
