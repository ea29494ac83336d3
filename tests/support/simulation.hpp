// Many relays, scripted clients and an in-memory OCC server, run by one seeded scheduler: no
// socket, no clock, no thread. Bytes travel through pipes that deliver them in random pieces;
// connections are lost at random moments; timers fire when the scheduler says so. One seed, one
// run, always the same.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <set>
#include <string>

#include "proxy/relay/relay.hpp"

#include "tests/support/scripted_client.hpp"

namespace occam::simulation {

struct Report {
  Account account;
  std::uint64_t server_conflicts = 0;   // as the server counts them
  std::uint64_t relay_conflicts = 0;    // Conflict facts of kind data, schema and other
  std::uint64_t decided_conflicts = 0;  // the sum over the verdicts' conflicts, losses included
  std::uint64_t relay_losses = 0;
  std::map<relay::Verdict, std::uint64_t> verdicts;
  std::uint64_t steps = 0;
  std::uint64_t connections_lost = 0;
  std::uint64_t connections_reused = 0;
  // Every phase, event and next phase seen, for the table in proxy/relay/README.md.
  std::set<std::array<std::string, 3>> transitions;
};

// Throws Violation when an invariant is broken.
// `transcript`: every message and phase goes there, for people; null for silence.
Report run(std::uint64_t seed, std::ostream* transcript = nullptr);

}  // namespace occam::simulation
