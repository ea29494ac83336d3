// What the relay wants done, filled by one event and obeyed by the shell in this order: to_server,
// to_client, timer, lease, cancel_upstream, close. Reused between events: the shell clears it,
// capacity stays.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "proxy/relay/fact.hpp"

namespace occam::relay {

struct Output {
  std::string to_server;
  std::string to_client;
  std::optional<std::chrono::microseconds>
      wait;            // call on_timer after this; replaces an earlier one
  bool lease = false;  // drop the upstream connection, if there is one, and find another
  std::optional<std::chrono::microseconds>
      lease_within;  // and refuse if that takes longer; nothing: as long as clients wait at all
  bool cancel_upstream = false;  // send a CancelRequest for the current upstream connection
  bool close = false;            // after to_client is written, close both sides
  std::vector<Fact> facts;

  void clear() {
    to_server.clear();
    to_client.clear();
    wait.reset();
    lease_within.reset();
    lease = cancel_upstream = close = false;
    facts.clear();
  }
};

}  // namespace occam::relay
