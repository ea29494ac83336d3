// What relays know of one upstream connection's session. It stays with the connection, which serves
// one client after the other: the relay that has it on loan reads and changes it. Pure values.
#pragma once

#include "proxy/relay/reported_parameters.hpp"
#include "proxy/relay/session_settings.hpp"
#include "proxy/relay/upstream_statements.hpp"

namespace occam::relay {

struct UpstreamSession {
  UpstreamStatements statements;
  ConnectionSettings settings;  // as they are outside a transaction
  ReportedParameters parameters;
};

}  // namespace occam::relay
