#include "proxy/relay/retry.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace occam::relay;
using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST_CASE("backoff is exponential with full jitter and a cap") {
  RetryPolicy policy;
  policy.attempts = 20;
  policy.backoff_first = milliseconds(2);
  policy.backoff_cap = milliseconds(20);
  for (std::uint32_t repetition = 1; repetition < 20; ++repetition) {
    const auto ceiling = std::min<microseconds>(
        milliseconds(2) * (1 << std::min(repetition - 1, 10U)), milliseconds(20));
    microseconds longest{0};
    microseconds sum{0};
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
      const auto pause = Backoff(policy, seed).next(repetition, microseconds(0));
      REQUIRE(pause);
      REQUIRE(*pause >= microseconds(0));
      REQUIRE(*pause <= ceiling);
      longest = std::max(longest, *pause);
      sum += *pause;
    }
    // Uniform over the whole range: the mean is near the middle, the longest near the ceiling.
    CHECK(longest > ceiling * 95 / 100);
    CHECK(sum / 2000 > ceiling * 45 / 100);
    CHECK(sum / 2000 < ceiling * 55 / 100);
  }
}

TEST_CASE("backoff is bounded in attempts and in wall time") {
  RetryPolicy policy;
  policy.attempts = 3;
  policy.elapsed = milliseconds(100);
  Backoff backoff(policy, 1);
  CHECK(backoff.next(1, microseconds(0)));
  CHECK(backoff.next(2, microseconds(0)));
  CHECK_FALSE(backoff.next(3, microseconds(0)));
  CHECK_FALSE(backoff.next(1, milliseconds(101)));
}

TEST_CASE("one seed, one sequence; other seeds, other sequences") {
  const RetryPolicy policy;
  std::set<std::int64_t> pauses;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto pause = Backoff(policy, seed).next(9, microseconds(0));
    CHECK(pause == Backoff(policy, seed).next(9, microseconds(0)));
    pauses.insert(pause->count());
  }
  CHECK(pauses.size() > 45);
}

TEST_CASE("SQLSTATE decides what is a conflict, the marker only its kind") {
  // facts/dsql.md §1.5: the sentences over time
  CHECK(conflict_of(
            {"ERROR", "40001", "change conflicts with another transaction (OC000)", {}, {}}) ==
        ConflictKind::data);
  CHECK(conflict_of({"ERROR",
                     "40001",
                     "mutation conflicts with another transaction, retry as needed (OC000)",
                     {},
                     {}}) == ConflictKind::data);
  CHECK(conflict_of({"ERROR",
                     "40001",
                     "schema has been updated by another transaction, please retry: (OC001)",
                     {},
                     {}}) == ConflictKind::schema);
  CHECK(conflict_of(
            {"ERROR", "40001", "could not serialize access due to concurrent update", {}, {}}) ==
        ConflictKind::other);
  CHECK(conflict_of({"ERROR", "XX000", "server unavailable", {}, {}}) == ConflictKind::unavailable);
  for (const auto* code : {"23505", "25P02", "40P01", "54000", "0A000", "57014", "XX000"}) {
    CHECK_FALSE(conflict_of({"ERROR", code, "change conflicts (OC000)", {}, {}}));
  }
}

TEST_CASE("only what resets Temporal's pool is masked") {
  CHECK(
      resets_pool({"ERROR", "25006", "cannot execute UPDATE in a read-only transaction", {}, {}}));
  CHECK(resets_pool({"FATAL", "57P03", "the database system is starting up", {}, {}}));
  CHECK(resets_pool(
      {"ERROR", "0A000", "cannot set transaction read-write mode during recovery", {}, {}}));
  CHECK_FALSE(resets_pool({"ERROR", "0A000", "unsupported statement: Lock", {}, {}}));
  CHECK_FALSE(resets_pool({"ERROR", "40001", "x", {}, {}}));
}
