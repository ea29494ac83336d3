#include "rewriter/slices.hpp"

#include <catch2/catch.hpp>

namespace occam::rewriter {
namespace {

std::unique_ptr<const StepPlan> sliced(const std::string& text) {
  RewriterOptions options;
  options.rules.tables["events"].split = {"shard", "id"};
  const auto tree = ParseTree::parse(text);
  REQUIRE(tree);
  return slice(text, *tree, options);
}

Outcome deleted(int rows) {
  Outcome outcome;
  outcome.tag = "DELETE " + std::to_string(rows);
  return outcome;
}

Outcome error(const char* code) {
  Outcome outcome;
  outcome.code = code;
  return outcome;
}

TEST_CASE("slices: the same DELETE, of the rows of a bounded sub-select") {
  for (const auto& [text, slice] : {
           std::pair{"DELETE FROM events WHERE shard = $1 AND id < $2",
                     "DELETE FROM events WHERE (shard, id) IN (SELECT shard, id FROM events WHERE "
                     "shard = $1 AND id < $2 LIMIT 2000) AND ( shard = $1 AND id < $2) IS TRUE"},
           {"delete from ONLY public.events AS e where e.shard = 1 or id = 2 ;",
            "DELETE FROM ONLY public.events AS e WHERE (shard, id) IN (SELECT shard, id FROM ONLY "
            "public.events AS e WHERE e.shard = 1 or id = 2 LIMIT 2000) AND ( e.shard = 1 or id = "
            "2) IS TRUE"},
           {"DELETE FROM events WHERE note = 'a;where'",
            "DELETE FROM events WHERE (shard, id) IN (SELECT shard, id FROM events WHERE note = "
            "'a;where' LIMIT 2000) AND ( note = 'a;where') IS TRUE"},
       }) {
    const auto plan = sliced(text);
    REQUIRE(plan);
    CHECK(plan->texts() == std::vector<std::string>{slice});
  }
}

TEST_CASE("slices: what sees or tells of single rows stays whole") {
  for (const auto* text : {
           "DELETE FROM events",
           "DELETE FROM others WHERE id = 1",
           "DELETE FROM events WHERE shard = 1 RETURNING id",
           "DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT 5000)",
           "DELETE FROM events USING others WHERE events.id = others.id",
           "WITH w AS (SELECT 1) DELETE FROM events WHERE shard = 1",
           "DELETE FROM events WHERE shard = 1; DELETE FROM events WHERE shard = 2",
           "DELETE FROM events WHERE shard = 1 -- to the end of the line",
           "DELETE FROM events WHERE shard = 1 AND random() < 0.5",
           "DELETE FROM events WHERE due < now()",
           "DELETE FROM events WHERE due < CURRENT_TIMESTAMP",
           "UPDATE events SET id = 1 WHERE shard = 1",
           "SELECT 1",
       }) {
    CAPTURE(text);
    CHECK_FALSE(sliced(text));
  }
}

TEST_CASE("slices: until one is not full; the tag is the sum") {
  const auto steps = sliced("DELETE FROM events WHERE shard = 1")->start();
  CHECK(steps->begin().kind == Order::Kind::run_bound);
  CHECK(steps->next(deleted(2000)).kind == Order::Kind::run_bound);
  const auto end = steps->next(deleted(1999));
  CHECK(end.kind == Order::Kind::complete);
  CHECK(end.text == "DELETE 3999");
}

TEST_CASE("slices: one that is too large is halved") {
  const auto steps = sliced("DELETE FROM events WHERE shard = 1")->start();
  steps->begin();
  const auto half = steps->next(error("54000"));
  CHECK(half.text.find("LIMIT 1000)") != std::string::npos);
  CHECK(steps->next(deleted(1000)).kind == Order::Kind::run_bound);
  CHECK(steps->next(deleted(10)).text == "DELETE 1010");
}

TEST_CASE("slices: an error ends them, and says what is gone already") {
  const auto steps = sliced("DELETE FROM events WHERE shard = 1")->start();
  steps->begin();
  steps->next(deleted(2000));
  const auto end = steps->next(error("57014"));
  CHECK(end.kind == Order::Kind::fail);
  CHECK(end.error.code == "57014");
  CHECK(end.error.hint.starts_with("2000 rows are deleted"));
}

TEST_CASE("slices: a row too large for any slice is an error, not a loop") {
  const auto steps = sliced("DELETE FROM events WHERE shard = 1")->start();
  auto order = steps->begin();
  int halved = 0;
  while (order.kind == Order::Kind::run_bound && halved < 100) {
    order = steps->next(error("54000"));
    ++halved;
  }
  CHECK(order.kind == Order::Kind::fail);
  CHECK(halved < 20);
}

}  // namespace
}  // namespace occam::rewriter
