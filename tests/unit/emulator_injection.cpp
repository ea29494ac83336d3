#include <catch2/catch.hpp>

#include "emulator/faults/injection.hpp"

using namespace emulator;

namespace {

Statement statement(const std::string& sql) { return parse(sql).statements.at(0); }

// One digit per question: 1 where a commit fails.
std::string commits(Injections& injections, const Statement& of, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += injections.at_commit({&of}) ? '1' : '0';
  return out;
}

}  // namespace

TEST_CASE("every, nth and p") {
  const auto update = statement("UPDATE t SET a = 1");
  Injections every({parse_rule("conflict:every=3")}, 1);
  CHECK(commits(every, update, 9) == "001001001");
  Injections nth({parse_rule("conflict:nth=2")}, 1);
  CHECK(commits(nth, update, 6) == "010000");
  Injections always({parse_rule("conflict:p=1")}, 1);
  CHECK(commits(always, update, 3) == "111");
  Injections some({parse_rule("conflict:p=0.25")}, 1);
  Injections same({parse_rule("conflict:p=0.25")}, 1);
  Injections other({parse_rule("conflict:p=0.25")}, 2);
  const auto drawn = commits(some, update, 1000);
  CHECK(drawn == commits(same, update, 1000));
  CHECK(drawn != commits(other, update, 1000));
  const auto hits = std::count(drawn.begin(), drawn.end(), '1');
  CHECK(hits > 200);
  CHECK(hits < 300);
}

TEST_CASE("a rule counts what it matches, and nothing else") {
  const auto t = statement("UPDATE s.t SET a = 1");
  const auto u = statement("SELECT * FROM u FOR UPDATE");
  Injections injections(
      {parse_rule("conflict:every=2,table=t"), parse_rule("oc001:nth=1,class=lock")}, 1);
  CHECK_FALSE(injections.at_commit({&u}));
  CHECK_FALSE(injections.at_commit({&t}));
  CHECK_FALSE(injections.at_commit({&u}));
  CHECK(injections.at_commit({&u, &t}) == Fault::conflict);
  CHECK_FALSE(injections.at_statement(t));
  CHECK(injections.at_statement(u) == Fault::catalog_conflict);
  CHECK_FALSE(injections.at_statement(u));
  CHECK_FALSE(injections.at_statement(statement("BEGIN")));
}

TEST_CASE("first") {
  const auto update = statement("UPDATE t SET a = 1");
  Injections first({parse_rule("conflict:first=2")}, 1);
  CHECK(commits(first, update, 5) == "11000");
}

TEST_CASE("round trips are delayed and cut, and only they") {
  Injections injections(
      {parse_rule("latency:ms=5"), parse_rule("latency:ms=20,every=2"), parse_rule("cut:nth=3"),
       parse_rule("cut:every=2,at=idle"), parse_rule("waking:first=1")},
      1);
  const auto update = statement("UPDATE t SET a = 1");
  CHECK_FALSE(injections.at_commit({&update}));
  CHECK_FALSE(injections.at_statement(update));
  std::string trips;
  for (int i = 0; i < 4; ++i) {
    const auto trip = injections.at_round_trip();
    trips += std::to_string(trip.delay.count()) + (trip.cut ? "! " : " ");
  }
  CHECK(trips == "5 25 5! 25 ");
  CHECK_FALSE(injections.at_idle());
  CHECK(injections.at_idle());
  CHECK_FALSE(injections.at_idle());
  CHECK(injections.at_connect());
  CHECK_FALSE(injections.at_connect());
}

TEST_CASE("cuts and delays by chance come from the seed") {
  const auto drawn = [](std::uint64_t seed) {
    Injections injections({parse_rule("latency:ms=1,p=0.5"), parse_rule("cut:p=0.1")}, seed);
    std::string out;
    for (int i = 0; i < 200; ++i) {
      const auto trip = injections.at_round_trip();
      out += trip.cut ? 'x' : trip.delay.count() > 0 ? '1' : '0';
    }
    return out;
  };
  CHECK(drawn(7) == drawn(7));
  CHECK(drawn(7) != drawn(8));
}

TEST_CASE("the first rule that fires decides, all of them count") {
  const auto update = statement("UPDATE t SET a = 1");
  Injections injections(
      {parse_rule("drop-before-commit:nth=2"), parse_rule("drop-after-commit:every=2")}, 1);
  CHECK_FALSE(injections.at_commit({&update}));
  CHECK(injections.at_commit({&update}) == Fault::drop_before_commit);
  CHECK_FALSE(injections.at_commit({&update}));
  CHECK(injections.at_commit({&update}) == Fault::drop_after_commit);
}

TEST_CASE("a mistake in a rule is named") {
  for (const char* rule : {"",
                           "conflict",
                           "conflict:",
                           "conflict:every=0",
                           "conflict:every=x",
                           "conflict:p=2",
                           "conflict:p=0",
                           "conflict:nth=1,every=2",
                           "conflict:nth=1,class=nonsense",
                           "conflict:nth=1,table=",
                           "conflict:nth=1,colour=red",
                           "storm:nth=1",
                           "none:nth=1",
                           "latency",
                           "latency:every=2",
                           "latency:ms=0",
                           "latency:ms=700000",
                           "latency:ms=1,class=read",
                           "cut",
                           "cut:at=idle",
                           "cut:nth=1,at=noon",
                           "cut:nth=1,ms=5",
                           "cut:nth=1,table=t",
                           "conflict:nth=1,at=idle",
                           "waking",
                           "waking:first=0",
                           "waking:nth=1,first=1"}) {
    INFO(rule);
    CHECK_THROWS_AS(parse_rule(rule), BadRule);
  }
}
