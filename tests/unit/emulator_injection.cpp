#include <catch2/catch.hpp>

#include "emulator/injection.hpp"

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
  for (const char* rule :
       {"", "conflict", "conflict:", "conflict:every=0", "conflict:every=x", "conflict:p=2",
        "conflict:p=0", "conflict:nth=1,every=2", "conflict:nth=1,class=nonsense",
        "conflict:nth=1,table=", "conflict:nth=1,colour=red", "storm:nth=1"}) {
    INFO(rule);
    CHECK_THROWS_AS(parse_rule(rule), BadRule);
  }
}
