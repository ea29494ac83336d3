#include "proxy/relay/journal.hpp"

#include <catch2/catch.hpp>

using namespace occam;
using relay::NotReplayable;

namespace {

relay::Group group_of(std::size_t bytes) {
  relay::Group group;
  group.bytes.assign(bytes, 'x');
  return group;
}

}  // namespace

TEST_CASE("a journal over its own bound spoils the transaction, and gives its bytes back") {
  relay::Budget budget(1000);
  relay::Journal journal(budget, 100);
  auto small = group_of(60);
  CHECK_FALSE(journal.append(small));
  CHECK(budget.used() == 60);
  auto second = group_of(60);
  CHECK(journal.append(second) == NotReplayable::too_large);
  CHECK(journal.obstacle() == NotReplayable::too_large);
  CHECK(journal.empty());
  CHECK(budget.used() == 0);
  auto third = group_of(10);
  CHECK_FALSE(journal.append(third));  // told once
  CHECK(journal.empty());
  journal.clear();
  CHECK_FALSE(journal.obstacle());
  auto next = group_of(10);
  CHECK_FALSE(journal.append(next));
  CHECK(journal.size() == 1);
}

TEST_CASE("journals share the budget of the process") {
  relay::Budget budget(100);
  relay::Journal one(budget, 1000);
  auto group = group_of(80);
  CHECK_FALSE(one.append(group));
  {
    relay::Journal other(budget, 1000);
    auto more = group_of(30);
    CHECK(other.append(more) == NotReplayable::budget);
    auto fits = group_of(10);
    relay::Journal third(budget, 1000);
    CHECK_FALSE(third.append(fits));
    CHECK(budget.used() == 90);
  }
  CHECK(budget.used() == 80);
}

TEST_CASE("a queue hands messages out in order, however many wait") {
  relay::Queue queue;
  std::string message;
  for (int i = 0; i < 30000; ++i) {
    message.clear();
    {
      const wire::Message frame(message, 'd');
      message += std::to_string(i);
    }
    queue.push({'d', message});
    if (i % 3 == 0) queue.pop();
  }
  int expected = 10000;
  while (!queue.empty()) {
    REQUIRE(queue.front().body() == std::to_string(expected++));
    queue.pop();
  }
  CHECK(expected == 30000);
  CHECK(queue.bytes() == 0);
}
