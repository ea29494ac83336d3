// The plan of a pool over many seeds, hours each: no rule is broken, and everything occurs.
#include <catch2/catch.hpp>

#include "tests/support/pool_simulation.hpp"

namespace occam::pool {
namespace {

TEST_CASE("pool: for hours nobody is forgotten, and no limit, budget or lifetime is passed") {
  PoolSimulation::Report sum;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    PoolSimulation simulation(seed);
    REQUIRE_NOTHROW(simulation.run(std::chrono::hours(2)));
    const auto& report = simulation.report();
    sum.taken += report.taken;
    sum.served += report.served;
    sum.timed_out += report.timed_out;
    sum.refused += report.refused;
    sum.opened += report.opened;
    sum.failed += report.failed;
    sum.health_questions += report.health_questions;
    sum.rollbacks += report.rollbacks;
    sum.drops += report.drops;
    for (std::size_t reason = 0; reason < sum.closed.size(); ++reason)
      sum.closed[reason] += report.closed[reason];
  }
  for (const auto count : {sum.taken, sum.served, sum.timed_out, sum.refused, sum.opened,
                           sum.failed, sum.health_questions, sum.rollbacks, sum.drops})
    CHECK(count > 500);
  for (const auto reason : {CloseReason::lifetime, CloseReason::idle, CloseReason::lost,
                            CloseReason::broken, CloseReason::room})
    CHECK(sum.closed[static_cast<std::size_t>(reason)] > 500);
}

}  // namespace
}  // namespace occam::pool
