// Faults on order: which statement, commit, round trip or connection is to fail, and how. Pure and
// deterministic: the same seed and the same sequence of questions give the same faults. Knows no
// socket and no session.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "emulator/faults/rule.hpp"
#include "emulator/statement/statement.hpp"

namespace emulator {

// What is in store for a round trip.
struct RoundTrip {
  bool cut = false;
  std::chrono::milliseconds delay{};  // all rules' together
};

class Injections {
 public:
  Injections(std::vector<InjectionRule> rules, std::uint64_t seed);

  // Asked once for each read, lock, write or ddl statement before it runs.
  std::optional<Fault> at_statement(const Statement& statement);
  // Asked once for each commit of a transaction that wrote or locked, autocommit included; a
  // transaction that only read has nothing to conflict with.
  std::optional<Fault> at_commit(const std::vector<const Statement*>& statements);
  // Asked once for each Query and each Sync before anything of it runs.
  RoundTrip at_round_trip();
  // Asked once for each answer that leaves its session idle, when it has been sent: is the
  // connection to be cut?
  bool at_idle();
  // Asked once for each client that has a place: is it turned away, the cluster just waking up?
  bool at_connect();

 private:
  struct Armed {
    InjectionRule rule;
    std::uint64_t seen = 0;
    std::uint64_t random = 0;
  };
  static bool fires(Armed& armed);
  bool any_fires(Moment moment);

  std::mutex mutex_;
  std::vector<Armed> armed_;
};

}  // namespace emulator
