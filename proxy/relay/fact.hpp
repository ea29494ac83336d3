// What happened, as values. Facts leave the relay sideways in Output; one function in the shell
// turns them into metrics, log lines and traces. A fact never carries SQL values, keys or
// parameters.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <variant>

#include "rewriter/rewriter.hpp"

#include "proxy/relay/limit.hpp"

namespace occam::relay {

// How a chain of conflicts ended; one word everywhere (metric label, log, README).
enum class Verdict {
  restarted,           // nothing of the transaction had been delivered; run again, succeeded
  replayed,            // every answer delivered before was reproduced bit for bit; succeeded
  results_changed,     // a replayed answer differed: the client got the original error
  attempts_exhausted,  // attempts or wall time used up: the client got the original error
  not_replayable,      // the transaction held something that must not be repeated: original error
  in_doubt,            // the upstream was lost after a commit was sent: 08007, never sent again
};
const char* name(Verdict verdict);

// Why a transaction must not be repeated.
enum class NotReplayable {
  copy,              // CopyData is not journalled
  function_call,     // FunctionCall message
  flush,             // answers were delivered before the group ended
  streamed,          // the answer of the conflicting group was larger than the hold limit
  committed_inside,  // a COMMIT within the same group had already succeeded
  statement,         // CALL, DO, DEALLOCATE, PREPARE ... or SQL that could not be parsed
  too_large,         // over the journal's bytes for one transaction
  budget,            // over the journal's bytes for the whole process
  session_state,     // the connection held state that a new one would not have
  client_cancelled,  // the client asked to cancel
  off,               // retries are switched off
};
const char* name(NotReplayable reason);

enum class ConflictKind {
  data,         // 40001 OC000: another transaction changed a row
  schema,       // 40001 OC001: another transaction changed the catalog
  other,        // 40001 without a marker (plain PostgreSQL)
  unavailable,  // XX000 server unavailable (facts/dsql.md §1.8)
  version,      // Occam's own check: a row that was read has another version now
  lost,         // the connection to the upstream was lost
};
const char* name(ConflictKind kind);

// One statement's answer arrived whole (not counted again when it is replayed).
struct StatementDone {
  rewriter::StatementKind kind;
  bool failed;
};
// A text was met whose rewrite changed it. Shared, so that the log can show it once per text.
struct Rewritten {
  std::shared_ptr<const rewriter::Rewrite> rewrite;
};
// Occam itself refused a statement.
struct Refused {
  std::shared_ptr<const rewriter::Rewrite> rewrite;
};
// One conflict came from the upstream, or the upstream was lost; each is counted, in replays too.
struct Conflict {
  ConflictKind kind;
  bool at_commit;  // the transaction was over upstream when it was told
};
// A replay or restart begins after this pause.
struct Attempt {
  std::uint32_t number;  // 2 for the first repetition
  std::chrono::microseconds backoff;
};
struct Decided {
  Verdict verdict;
  std::uint32_t conflicts;  // how many Conflict facts this chain had
  std::uint32_t attempts;   // runs in all, the first included
  std::chrono::microseconds elapsed;
};
struct Unrepeatable {
  NotReplayable reason;
};
// An error the upstream sent would make Temporal rebuild its pool; its SQLSTATE was replaced
// (facts/temporal.md §5.5).
struct Masked {};

// The session holds what no other connection could be given: from now on it keeps the one it has.
struct Pinned {};

// A transaction has come to four fifths of a limit of DSQL's, and still holds.
struct LimitNear {
  Limit limit;
  rewriter::StatementKind kind;  // of the statement that brought it there
};
// The upstream refused something for one.
struct LimitMet {
  Limit limit;
  rewriter::StatementKind kind;
};

using Fact = std::variant<StatementDone, Rewritten, Refused, Conflict, Attempt, Decided,
                          Unrepeatable, Masked, Pinned, LimitNear, LimitMet>;

}  // namespace occam::relay
