#include "proxy/relay/phase.hpp"

namespace occam::relay {

const char* name(Phase phase) {
  switch (phase) {
    case Phase::idle:
      return "idle";
    case Phase::in_flight:
      return "in_flight";
    case Phase::passing:
      return "passing";
    case Phase::backing_off:
      return "backing_off";
    case Phase::connecting:
      return "connecting";
    case Phase::restoring:
      return "restoring";
    case Phase::rolling_back:
      return "rolling_back";
    case Phase::replaying:
      return "replaying";
    case Phase::stepping:
      return "stepping";
    case Phase::abandoning:
      return "abandoning";
    case Phase::failed:
      return "failed";
  }
  return "";
}

}  // namespace occam::relay
