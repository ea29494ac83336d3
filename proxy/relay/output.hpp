// What the relay wants done, filled by one event and obeyed by the shell in this order: to_server,
// to_client, timer, reconnect, cancel_upstream, close. Reused between events: the shell clears it,
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
      wait;                // call on_timer after this; replaces an earlier one
  bool reconnect = false;  // drop the upstream connection if any, open and log in a new one
  std::chrono::microseconds reconnect_within{};  // and refuse if that takes longer
  bool cancel_upstream = false;  // send a CancelRequest for the current upstream connection
  bool close = false;            // after to_client is written, close both sides
  std::vector<Fact> facts;

  void clear() {
    to_server.clear();
    to_client.clear();
    wait.reset();
    reconnect = cancel_upstream = close = false;
    facts.clear();
  }
};

}  // namespace occam::relay
