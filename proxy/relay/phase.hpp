// Where a relay stands. All changes of phase: proxy/relay/README.md.
#pragma once

namespace occam::relay {

enum class Phase {
  idle,          // nothing in flight
  in_flight,     // a group was sent, its answers are held
  passing,       // COPY, Flush or a group too large: messages pass both ways until ReadyForQuery
  backing_off,   // waiting before a repetition
  connecting,    // waiting for a new upstream connection
  restoring,     // the connection is brought to the settings that the client has made
  rolling_back,  // ROLLBACK sent, so that the replay starts clean
  replaying,     // a journalled group was sent again
  stepping,      // a definition or a large DELETE is carried out in steps
  abandoning,    // ROLLBACK sent, then the client gets the original error
  failed,        // the client's transaction is lost: 25P02 until it rolls back
};
const char* name(Phase phase);

// In what state a client's end leaves its upstream connection.
enum class Leaving {
  clean,           // as it is after log-in, but for what UpstreamSession says
  in_transaction,  // clean after a ROLLBACK
  unclear,         // answers are under way, or it holds what nobody else may meet
};

}  // namespace occam::relay
