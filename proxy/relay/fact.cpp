#include "proxy/relay/fact.hpp"

namespace occam::relay {

const char* name(Verdict verdict) {
  switch (verdict) {
    case Verdict::restarted:
      return "restarted";
    case Verdict::replayed:
      return "replayed";
    case Verdict::results_changed:
      return "results_changed";
    case Verdict::attempts_exhausted:
      return "attempts_exhausted";
    case Verdict::not_replayable:
      return "not_replayable";
    case Verdict::in_doubt:
      return "in_doubt";
  }
  return "";
}

const char* name(NotReplayable reason) {
  switch (reason) {
    case NotReplayable::copy:
      return "copy";
    case NotReplayable::function_call:
      return "function_call";
    case NotReplayable::flush:
      return "flush";
    case NotReplayable::streamed:
      return "streamed";
    case NotReplayable::committed_inside:
      return "committed_inside";
    case NotReplayable::statement:
      return "statement";
    case NotReplayable::too_large:
      return "too_large";
    case NotReplayable::budget:
      return "budget";
    case NotReplayable::session_state:
      return "session_state";
    case NotReplayable::client_cancelled:
      return "client_cancelled";
    case NotReplayable::off:
      return "off";
  }
  return "";
}

const char* name(ConflictKind kind) {
  switch (kind) {
    case ConflictKind::data:
      return "data";
    case ConflictKind::schema:
      return "schema";
    case ConflictKind::other:
      return "other";
    case ConflictKind::unavailable:
      return "unavailable";
    case ConflictKind::version:
      return "version";
    case ConflictKind::lost:
      return "lost";
  }
  return "";
}

}  // namespace occam::relay
