// The plan of a pool in single situations: who gets a connection, and what is opened for whom.
#include <catch2/catch.hpp>

#include "tests/support/pool_scene.hpp"

namespace occam::pool {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("plan: as many connects as clients wait, and none for those that a connect is for") {
  Scene scene(small(10));
  const auto login = scene.login();
  const auto first = scene.wait(login);
  CHECK(scene.orders.open.size() == 1);
  const auto second = scene.wait(login);
  CHECK(scene.orders.open.size() == 2);
  scene.plan.leave(second);
  const auto third = scene.wait(login);
  CHECK(scene.orders.open.size() == 2);
  scene.succeed();
  REQUIRE(scene.orders.serve.size() == 2);
  CHECK(scene.orders.serve[0].ticket == first);
  CHECK(scene.orders.serve[1].ticket == third);
  CHECK(scene.plan.census().leased == 2);
}

TEST_CASE("plan: an idle connection is lent at once, the one used last first") {
  Scene scene(small(10));
  const auto login = scene.login();
  const auto slots = scene.open(login, 3);
  CHECK(scene.take(login) == slots[2]);
  CHECK(scene.take(login) == slots[1]);
  scene.give_back(slots[2]);
  CHECK(scene.take(login) == slots[2]);
  CHECK(scene.take(login) == slots[0]);
  CHECK_FALSE(scene.take(login));
  CHECK(scene.look().open.empty());  // who only asks does not wait
}

TEST_CASE("plan: who waits comes before who asks") {
  Scene scene(small(1));
  const auto login = scene.login();
  const auto slots = scene.open(login, 1);
  REQUIRE(scene.take(login));
  const auto ticket = scene.wait(login);
  CHECK_FALSE(scene.take(login));
  scene.give_back(slots[0]);
  CHECK_FALSE(scene.take(login));
  REQUIRE(scene.orders.serve.size() == 1);
  CHECK(scene.orders.serve[0].ticket == ticket);
}

TEST_CASE("plan: the limit holds whatever waits, and who waits is told what it waited for") {
  Scene scene(small(4));
  const auto login = scene.login();
  for (int i = 0; i < 20; ++i) scene.wait(login);
  CHECK(scene.orders.open.size() == 4);
  scene.pass(seconds(4));
  scene.succeed();
  CHECK(scene.look().serve.size() == 4);
  scene.pass(milliseconds(999));
  CHECK(scene.orders.turn_away.empty());
  scene.pass(milliseconds(1));
  const auto orders = scene.look();
  REQUIRE(orders.turn_away.size() == 16);
  CHECK(orders.turn_away[0].shortage == Shortage::in_use);
  CHECK(orders.turn_away[0].waited == seconds(5));
  CHECK_FALSE(orders.turn_away[0].refused);
  CHECK(orders.open.empty());
}

TEST_CASE("plan: what is in transaction is rolled back before anybody gets it") {
  Scene scene(small(1));
  const auto login = scene.login();
  const auto slot = scene.open(login, 1)[0];
  REQUIRE(scene.take(login));
  scene.give_back(slot, Condition::in_transaction);
  auto orders = scene.look();
  REQUIRE(orders.ask.size() == 1);
  CHECK(orders.ask[0].question == Question::rollback);
  CHECK_FALSE(scene.take(login));
  scene.wait(login);
  CHECK(scene.orders.serve.empty());
  scene.plan.answered(slot, scene.now, scene.orders);
  CHECK(scene.look().serve.size() == 1);
}

TEST_CASE("plan: what is given back broken is closed, and who waits gets another") {
  Scene scene(small(1));
  const auto login = scene.login();
  const auto slot = scene.open(login, 1)[0];
  REQUIRE(scene.take(login));
  scene.wait(login);
  scene.give_back(slot, Condition::broken);
  CHECK(scene.orders.close[0].reason == CloseReason::broken);
  scene.plan.tick(scene.now, scene.orders);
  CHECK(scene.orders.open.size() == 1);
}

TEST_CASE("plan: at the limit another login's idle connection makes room, the longest unused") {
  Scene scene(small(3));
  const auto one = scene.login();
  const auto other = scene.login();
  const auto slots = scene.open(one, 3);
  scene.now += seconds(1);
  REQUIRE(scene.take(one) == slots[2]);
  scene.give_back(slots[2]);
  scene.wait(other);
  REQUIRE(scene.orders.close.size() == 1);
  CHECK(scene.orders.close[0].slot == slots[0]);
  CHECK(scene.orders.close[0].reason == CloseReason::room);
  CHECK(scene.orders.open.size() == 1);
  CHECK(scene.orders.open[0].login == other);
}

TEST_CASE("plan: at the limit a busy login gives way to one that has nothing and came first") {
  Scene scene(small(2));
  const auto busy = scene.login();
  const auto late = scene.login();
  const auto slots = scene.open(busy, 2);
  REQUIRE(scene.take(busy));
  REQUIRE(scene.take(busy));
  scene.wait(late);
  scene.wait(busy);
  CHECK(scene.orders.open.empty());
  scene.give_back(slots[0]);
  REQUIRE(scene.orders.close.size() == 1);
  CHECK(scene.orders.close[0].reason == CloseReason::room);
  CHECK(scene.orders.open[0].login == late);
  scene.look();
  scene.give_back(slots[1]);  // its own client has waited, and the other login has its share
  CHECK(scene.orders.serve.size() == 1);
  CHECK(scene.orders.close.empty());
}

TEST_CASE("plan: at the limit two busy logins keep what they have, whoever came first") {
  Scene scene(small(4));
  const auto one = scene.login();
  const auto other = scene.login();
  const auto slots = scene.open(one, 2);
  scene.open(other, 2);
  for (const auto login : {one, one, other, other}) REQUIRE(scene.take(login));
  scene.wait(other);
  const auto own = scene.wait(one);
  scene.give_back(slots[0]);
  CHECK(scene.orders.close.empty());
  REQUIRE(scene.orders.serve.size() == 1);
  CHECK(scene.orders.serve[0].ticket == own);
}

TEST_CASE("plan: connects keep to the budget, and the next one comes when it allows") {
  Scene scene(small(10), 10, 3);
  const auto login = scene.login();
  for (int i = 0; i < 8; ++i) scene.wait(login);
  CHECK(scene.look().open.size() == 3);
  CHECK(scene.plan.due() == scene.now + milliseconds(100));
  scene.pass(milliseconds(300));
  CHECK(scene.opens == 3);
}

TEST_CASE(
    "plan: a connect that fails in passing is tried again by one, further and further apart") {
  Scene scene(small(40));
  const auto login = scene.login();
  for (int i = 0; i < 40; ++i) scene.wait(login, minutes(1));
  CHECK(scene.orders.open.size() == 40);
  scene.fail(Severity::passing);
  std::size_t probes = 0;
  const auto begin = scene.now;
  const auto end = begin + seconds(50);
  while (scene.plan.due() < end) {
    scene.now = std::max(scene.now, scene.plan.due());
    scene.plan.tick(scene.now, scene.orders);
    REQUIRE(scene.orders.open.size() <= 1);
    probes += scene.orders.open.size();
    scene.fail(Severity::passing);
  }
  CHECK(probes >= 10);
  CHECK(probes <= 60);
  CHECK(scene.orders.turn_away.empty());  // they wait on
  SECTION("and with the first that succeeds, the others follow") {
    scene.now = scene.plan.due();
    scene.plan.tick(scene.now, scene.orders);
    REQUIRE(scene.orders.open.size() == 1);
    scene.succeed();
    CHECK(scene.orders.serve.size() == 1);
    CHECK(scene.orders.open.size() == 39);
  }
  SECTION("or who waits is told that connects fail") {
    scene.now = begin + minutes(1);
    scene.plan.tick(scene.now, scene.orders);
    REQUIRE(scene.orders.turn_away.size() == 40);
    CHECK(scene.orders.turn_away[0].shortage == Shortage::failing);
  }
}

TEST_CASE("plan: a refused login is told to all who wait for it, and to nobody else") {
  Scene scene(small(10, 2));
  const auto wrong = scene.login();
  const auto right = scene.login();
  scene.wait(wrong);
  scene.wait(wrong);
  const auto other = scene.wait(right);
  const auto opening = std::exchange(scene.orders.open, {});
  for (const auto& open : opening)
    if (open.login == wrong)
      scene.plan.failed(open.slot, Severity::definite, scene.now, scene.orders);
  REQUIRE(scene.orders.turn_away.size() == 2);
  for (const auto& turned : scene.orders.turn_away) {
    CHECK(turned.refused);
    CHECK(turned.login == wrong);
  }
  for (const auto& open : opening)
    if (open.login == right) scene.plan.opened(open.slot, scene.now, scene.orders);
  REQUIRE(scene.orders.serve.size() == 1);
  CHECK(scene.orders.serve[0].ticket == other);
  for (const auto& open : scene.orders.open)
    CHECK(open.login == right);  // no reserve for the wrong
  // Its next clients share one connect at a time.
  scene.look();
  scene.pass(seconds(2));
  scene.wait(wrong);
  scene.wait(wrong);
  CHECK(scene.orders.open.size() == 1);
}

TEST_CASE("plan: who waits for a login that has connections outlasts a refusal") {
  Scene scene(small(10));
  const auto login = scene.login();
  const auto slot = scene.open(login, 1)[0];
  REQUIRE(scene.take(login));
  scene.wait(login);
  scene.fail(Severity::definite);
  CHECK(scene.orders.turn_away.empty());
  scene.give_back(slot);
  CHECK(scene.orders.serve.size() == 1);
}

TEST_CASE("plan: with a fresh password it is tried again at once") {
  Scene scene(small(10));
  const auto login = scene.login();
  scene.wait(login);
  scene.fail(Severity::renewed);
  CHECK(scene.orders.open.size() == 1);
  CHECK(scene.orders.turn_away.empty());
}

TEST_CASE("share: the parts of a limit are equal and make up the whole") {
  for (const std::uint32_t total : {0U, 1U, 5U, 40U, 100U}) {
    for (const std::uint32_t workers : {1U, 2U, 3U, 7U}) {
      std::uint32_t sum = 0;
      for (std::uint32_t worker = 0; worker < workers; ++worker) {
        sum += share(total, worker, workers);
        CHECK(share(total, 0, workers) - share(total, worker, workers) <= 1);
      }
      CHECK(sum == total);
    }
  }
}

}  // namespace
}  // namespace occam::pool
