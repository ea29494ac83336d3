#include "tests/support/simulation.hpp"

#include <memory>
#include <vector>

#include "tests/support/simulated_session.hpp"

namespace occam::simulation {

namespace {

// Acknowledged = stored, refused = absent, counters = the stored transactions' increments.
void check(const World& world) {
  const auto& report = world.report;
  const auto& database = world.database;
  const auto& account = report.account;
  const auto stored = [&database](std::int64_t id) {
    return database.at("log/" + std::to_string(id), database.commits).has_value();
  };
  std::map<int, std::int64_t> expected;
  for (const auto& [id, increments] : account.increments) {
    const auto row = database.rows.find("log/" + std::to_string(id));
    if (row != database.rows.end() && row->second.versions.size() > 1) {
      throw Violation("transaction stored twice: " + std::to_string(id));
    }
    if (!stored(id)) continue;
    for (const auto& [key, amount] : increments) expected[key] += amount;
  }
  for (const auto id : account.acknowledged) {
    if (!stored(id)) throw Violation("acknowledged but not stored: " + std::to_string(id));
  }
  for (const auto id : account.refused) {
    if (stored(id)) throw Violation("refused but stored: " + std::to_string(id));
  }
  for (int key = 0; key < world.scenario.client.keys; ++key) {
    const auto value = database.at("t/" + std::to_string(key), database.commits).value_or(0);
    if (value != expected[key]) {
      throw Violation("key " + std::to_string(key) + " is " + std::to_string(value) +
                      ", should be " + std::to_string(expected[key]));
    }
  }
  if (world.budget.used() != 0) throw Violation("journal bytes leaked");
  if (report.relay_conflicts + report.relay_losses != report.decided_conflicts) {
    throw Violation("conflicts and verdicts do not add up");
  }
}

// Texts are few and the same in all runs: one cache for all seeds, as in a process.
rewriter::Rewriter& shared_rewriter() {
  static rewriter::Rewriter rewriter{rewriter::RewriterOptions{}};
  return rewriter;
}

}  // namespace

Report run(std::uint64_t seed, std::ostream* transcript) {
  World world(seed, transcript, shared_rewriter());
  auto& random = world.random;
  std::vector<std::unique_ptr<Session>> sessions;
  for (int i = 0; i < world.scenario.clients; ++i) {
    sessions.push_back(std::make_unique<Session>(world, i + 1));
  }
  std::size_t left = sessions.size();
  while (left > 0) {
    if (++world.report.steps > 2'000'000) throw Violation("the run does not end");
    const auto start = random() % sessions.size();
    bool moved = false;
    for (std::size_t i = 0; i < sessions.size() && !moved; ++i) {
      auto& session = *sessions[(start + i) % sessions.size()];
      if (session.over()) continue;
      moved = session.step();
      if (session.over()) --left;
    }
    if (!moved && left > 0) throw Violation("nothing can move, and the clients are not finished");
  }
  sessions.clear();
  check(world);
  world.report.server_conflicts = world.database.conflicts;
  return world.report;
}

}  // namespace occam::simulation
