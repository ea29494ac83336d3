// What relays know of one client's session. It stays with the client; the relay that serves the
// client reads and changes it. So a client between two transactions needs no relay, and costs
// little more than this: the counterpart of UpstreamSession. Plain values.
#pragma once

#include "rewriter/rewriter.hpp"

#include "proxy/relay/prepared.hpp"
#include "proxy/relay/reported_parameters.hpp"
#include "proxy/relay/session_settings.hpp"

namespace occam::relay {

struct ClientSession {
  rewriter::Rewriter* rewriter;  // outlives the session
  ReportedParameters told;       // by ParameterStatus
  Statements statements{};
  SessionSettings settings{};  // as the client has made them
};

}  // namespace occam::relay
