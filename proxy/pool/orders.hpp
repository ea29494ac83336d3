// The words between the pool's plan and its shell: what may happen to a connection, and what is to
// be done. Orders are filled by one event and obeyed in this order: close, open, ask, serve, turn
// away. Reused between events: the shell clears them, capacity stays.
#pragma once

#include <cstdint>
#include <vector>

#include "proxy/pool/queue.hpp"

namespace occam::pool {

// A connection's number, from 0 on and below the limit; used again.
using Slot = std::uint32_t;

// How a lease comes back.
enum class Condition {
  clean,           // at rest behind ReadyForQuery `I`: for the next one
  in_transaction,  // at rest behind ReadyForQuery `T` or `E`: rolled back first
  broken,          // lost, or in the midst of an answer: closed
};

// What a failed connect says of the next one.
enum class Severity {
  passing,   // the upstream is away or full: tried again, later and later
  renewed,   // the password was too old, another is at hand: tried again at once
  definite,  // the upstream does not want this login: whoever waits for it is told
};

// What a connection that nobody has is asked.
enum class Question {
  none,
  health,    // an empty query: DSQL bills statements, and this is none (facts/dsql.md §6)
  rollback,  // of what a client left open
};

enum class CloseReason {
  lifetime,  // had passed
  idle,      // not used for long, and more than the reserve
  lost,      // ended by the server, or no answer
  broken,    // given back so
  room,      // for another login, at the limit
  drain,
};

// Why nobody could be served.
enum class Shortage {
  in_use,      // all that may exist are leased
  failing,     // the last connect to the upstream failed
  refusing,    // the last log-in was refused
  connecting,  // one is on its way, or the budget allows none now
};

struct Orders {
  struct Close {
    Slot slot;
    CloseReason reason;
  };
  struct Open {
    Slot slot;
    LoginId login;
  };
  struct Ask {
    Slot slot;
    Question question;
  };
  struct Serve {
    Ticket ticket;
    Slot slot;
  };
  struct TurnAway {
    Ticket ticket;
    LoginId login;
    Duration waited;
    bool refused;  // by the upstream; else the deadline passed, because of
    Shortage shortage;
  };

  std::vector<Close> close;
  std::vector<Open> open;
  std::vector<Ask> ask;
  std::vector<Serve> serve;
  std::vector<TurnAway> turn_away;

  void clear() {
    close.clear();
    open.clear();
    ask.clear();
    serve.clear();
    turn_away.clear();
  }
};

}  // namespace occam::pool
