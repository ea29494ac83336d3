// What the plan of a pool does with connections that nobody uses: reserve, lifetimes, questions.
#include <catch2/catch.hpp>

#include "tests/support/pool_scene.hpp"

namespace occam::pool {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("plan: no answer to a ROLLBACK or a health question is a loss") {
  Policy policy = small(1);
  policy.health_check = seconds(60);
  Scene scene(policy);
  const auto login = scene.login();
  const auto slot = scene.open(login, 1)[0];
  SECTION("rollback") {
    REQUIRE(scene.take(login));
    scene.give_back(slot, Condition::in_transaction);
  }
  SECTION("health") {
    scene.now += seconds(60);
    scene.plan.tick(scene.now, scene.orders);
  }
  CHECK(scene.look().ask.size() == 1);
  CHECK(scene.plan.due() == scene.now + policy.answer_timeout);
  scene.now += policy.answer_timeout;
  scene.plan.tick(scene.now, scene.orders);
  REQUIRE(scene.orders.close.size() == 1);
  CHECK(scene.orders.close[0].reason == CloseReason::lost);
}

TEST_CASE("plan: the reserve is opened before a client comes, and regained after each loss") {
  Scene scene(small(10, 4));
  const auto login = scene.login();
  scene.plan.tick(scene.now, scene.orders);
  CHECK(scene.orders.open.empty());  // of no login
  scene.plan.keep_warm(login, scene.now, scene.orders);
  CHECK(scene.orders.open.size() == 4);
  const auto first = scene.orders.open[0].slot;
  scene.succeed();
  const auto last = scene.take(login);
  REQUIRE(last);
  REQUIRE(last != first);
  scene.give_back(*last, Condition::broken);
  scene.plan.lost(first, scene.orders);
  scene.pass(seconds(1));
  CHECK(scene.opens == 2);
  CHECK(scene.plan.census().idle == 4);
}

TEST_CASE("plan: the surplus leaves when it has not been used for long, the reserve stays") {
  Scene scene(small(10, 2));
  const auto login = scene.login();
  scene.open(login, 6);
  scene.pass(minutes(10) - seconds(1));
  CHECK(scene.plan.census().idle == 6);
  scene.pass(seconds(2));
  CHECK(scene.plan.census().idle == 2);
  for (const auto& close : scene.orders.close) CHECK(close.reason == CloseReason::idle);
  scene.pass(minutes(30));
  CHECK(scene.plan.census().idle == 2);
}

TEST_CASE("plan: the surplus leaves on time, though nothing else was due") {
  Policy policy = small(10);
  policy.health_check = hours(10);
  Scene scene(policy);
  const auto login = scene.login();
  scene.open(login, 1);
  const auto slot = scene.take(login);
  REQUIRE(slot);
  scene.pass(minutes(1));
  scene.give_back(*slot);
  scene.pass(policy.idle_timeout);
  CHECK(scene.plan.census().idle == 0);
}

TEST_CASE("plan: nothing is lent after its lifetime, and lifetimes do not end together") {
  Scene scene(small(100));
  const auto login = scene.login();
  const auto slots = scene.open(login, 100);
  std::vector<TimePoint> ends;
  for (const auto slot : slots) ends.push_back(scene.plan.retires(slot));
  std::sort(ends.begin(), ends.end());
  CHECK(ends.front() >= scene.now + minutes(50));
  CHECK(ends.back() <= scene.now + minutes(55));
  CHECK(ends.back() - ends.front() > minutes(4));
  // Taken without a tick before: the end is looked at all the same.
  scene.now = ends.back() - milliseconds(1);
  const auto last = scene.take(login);
  REQUIRE(last);
  CHECK(scene.plan.retires(*last) == ends.back());
  scene.now = ends.back();
  scene.give_back(*last);
  CHECK(scene.orders.close.back().slot == *last);
  CHECK(scene.orders.close.back().reason == CloseReason::lifetime);
  CHECK_FALSE(scene.take(login));
}

TEST_CASE("plan: a connection at its end has a successor before it is missed") {
  Scene scene(small(10, 4));
  const auto login = scene.login();
  scene.plan.keep_warm(login, scene.now, scene.orders);
  scene.succeed();
  for (int minute = 0; minute < 600; ++minute) {
    scene.pass(minutes(1));
    REQUIRE(scene.least == 4);
    REQUIRE(scene.plan.census().idle <= 8);
  }
  CHECK(scene.opens >= 40);  // each of the four ten times and more
  CHECK(scene.opens <= 52);
  CHECK(scene.asks > 1000);
}

TEST_CASE("plan: half of the idle ones at a time are asked whether they are there") {
  Scene scene(small(8));
  const auto login = scene.login();
  scene.open(login, 8);
  scene.now += seconds(60);
  scene.plan.tick(scene.now, scene.orders);
  const auto first = scene.look().ask;
  CHECK(first.size() == 4);
  CHECK(scene.take(login));
  for (const auto& ask : first) {
    CHECK(ask.question == Question::health);
    scene.plan.answered(ask.slot, scene.now, scene.orders);
  }
  CHECK(scene.plan.due() <= scene.now);
  scene.plan.tick(scene.now, scene.orders);
  CHECK(scene.look().ask.size() == 3);
  CHECK(scene.plan.census().idle == 4);
}

TEST_CASE("plan: drained, it closes what is idle or comes back, but serves who waits") {
  Scene scene(small(3, 2));
  const auto login = scene.login();
  const auto slots = scene.open(login, 3);
  REQUIRE(scene.take(login));
  REQUIRE(scene.take(login));
  scene.plan.drain(scene.now, scene.orders);
  REQUIRE(scene.orders.close.size() == 1);
  CHECK(scene.orders.close[0].reason == CloseReason::drain);
  CHECK(scene.look().open.empty());
  const auto ticket = scene.wait(login);
  scene.give_back(slots[2]);
  REQUIRE(scene.orders.serve.size() == 1);
  CHECK(scene.orders.serve[0].ticket == ticket);
  scene.give_back(slots[1]);
  CHECK(scene.look().close.back().reason == CloseReason::drain);
  scene.pass(hours(1));
  CHECK(scene.plan.census().leased == 1);
  CHECK(scene.plan.census().idle == 0);
  CHECK(scene.opens == 0);
}

TEST_CASE("plan: a login that nobody asks for any more loses its reserve, the last one keeps it") {
  Scene scene(small(20, 3));
  const auto one = scene.login();
  const auto last = scene.login();
  scene.open(one, 1);
  scene.pass(seconds(1));
  scene.open(last, 1);
  scene.pass(minutes(5));
  CHECK(scene.plan.census().idle == 6);
  scene.pass(minutes(30));
  CHECK(scene.plan.census().idle == 3);
  CHECK(scene.plan.unused(one));
  CHECK_FALSE(scene.plan.unused(last));
  scene.plan.remove_login(one);
  CHECK(scene.login() == one);
}

}  // namespace
}  // namespace occam::pool
