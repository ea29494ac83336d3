// The connect budget, its backoff and the queue, by the clock of the test.
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "proxy/pool/connect_backoff.hpp"
#include "proxy/pool/connect_budget.hpp"
#include "proxy/pool/queue.hpp"

namespace occam::pool {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

const TimePoint start{seconds(1000)};

TEST_CASE("connect budget: a burst, then one each time a part of a second has passed") {
  ConnectBudget budget(10, 3);
  for (int i = 0; i < 3; ++i) CHECK(budget.take(start));
  CHECK_FALSE(budget.take(start));
  CHECK(budget.next(start) == start + milliseconds(100));
  CHECK_FALSE(budget.take(start + milliseconds(99)));
  CHECK(budget.take(start + milliseconds(100)));
  CHECK_FALSE(budget.take(start + milliseconds(100)));
}

TEST_CASE("connect budget: what is not used is saved up to the burst, not beyond") {
  ConnectBudget budget(10, 3);
  while (budget.take(start)) continue;
  const auto later = start + seconds(3600);
  CHECK(budget.next(later) == later);
  int taken = 0;
  while (budget.take(later)) ++taken;
  CHECK(taken == 3);
}

TEST_CASE("connect budget: at every rate some second has room for one") {
  for (const std::uint32_t rate : {1U, 3U, 7U, 100U, 1000000U}) {
    ConnectBudget budget(rate, 1);
    REQUIRE(budget.take(start));
    CHECK(budget.next(start) > start);
    CHECK(budget.next(start) <= start + seconds(1));
    CHECK(budget.take(budget.next(start)));
  }
}

TEST_CASE("connect budget: no window of any length holds more than burst and rate allow") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 random(seed);
    const auto between = [&](std::int64_t low, std::int64_t high) {
      return std::uniform_int_distribution<std::int64_t>(low, high)(random);
    };
    const auto rate = static_cast<std::uint32_t>(between(1, 50));
    const auto burst = static_cast<std::uint32_t>(between(1, 20));
    ConnectBudget budget(rate, burst);
    std::vector<TimePoint> taken;
    TimePoint now = start;
    for (int i = 0; i < 500; ++i) {
      if (budget.take(now)) taken.push_back(now);
      const auto next = budget.next(now);
      REQUIRE((next > now) == !ConnectBudget(budget).take(now));
      now = between(0, 3) == 0 ? next : now + nanoseconds(between(0, 200'000'000));
    }
    for (std::size_t first = 0; first < taken.size(); ++first) {
      for (std::size_t last = first; last < taken.size(); ++last) {
        const auto window = std::chrono::duration<double>(taken[last] - taken[first]).count();
        if (static_cast<double>(last - first + 1) > burst + rate * window + 1e-9)
          FAIL("seed " << seed << ": " << last - first + 1 << " in " << window << " s");
      }
    }
  }
}

TEST_CASE("connect backoff: the ceiling doubles up to the cap, and the pause lies anywhere below") {
  std::mt19937_64 random(1);
  for (int failures = 1; failures <= 8; ++failures) {
    const auto ceiling = std::min<Duration>(milliseconds(100) * (1 << (failures - 1)), seconds(5));
    Duration longest{0};
    Duration shortest = Duration::max();
    for (int run = 0; run < 300; ++run) {
      ConnectBackoff backoff(milliseconds(100), seconds(5));
      auto now = start;
      for (int i = 0; i < failures; ++i) {
        now += seconds(10);
        backoff.failed(now, now, random);
      }
      REQUIRE(backoff.failing());
      longest = std::max(longest, backoff.until() - now);
      shortest = std::min(shortest, backoff.until() - now);
    }
    CHECK(longest <= ceiling);
    CHECK(longest > ceiling * 9 / 10);
    CHECK(shortest < ceiling / 10);
  }
}

TEST_CASE("connect backoff: those that fail together count once, and success ends it") {
  std::mt19937_64 random(1);
  Duration longest{0};
  for (int run = 0; run < 100; ++run) {
    ConnectBackoff backoff(milliseconds(100), seconds(5));
    for (int i = 0; i < 40; ++i) backoff.failed(start, start + milliseconds(i), random);
    longest = std::max(longest, backoff.until() - start);
    backoff.succeeded();
    CHECK_FALSE(backoff.failing());
  }
  CHECK(longest <= milliseconds(100));
}

TEST_CASE("queue: first come, first served within a login, whoever leaves") {
  Queue queue;
  const auto late = start + seconds(5);
  const auto a = queue.add(0, start, late);
  const auto b = queue.add(1, start, late);
  const auto c = queue.add(0, start, late);
  const auto d = queue.add(0, start, late);
  CHECK(queue.size() == 4);
  CHECK(queue.size(0) == 3);
  CHECK(queue.size(7) == 0);
  CHECK(queue.first(0) == a);
  CHECK(queue.first(1) == b);
  CHECK_FALSE(queue.first(7));
  CHECK(queue.before(b, c));
  CHECK(queue.remove(c));
  CHECK_FALSE(queue.remove(c));
  CHECK(queue.remove(a));
  CHECK(queue.first(0) == d);
  const auto again = queue.add(0, start, late);
  CHECK_FALSE(queue.waiting(c));  // its place may be taken, its turn is over
  CHECK_FALSE(queue.waiting(a));
  CHECK(queue.first(0) == d);
  CHECK(queue.before(d, again));
  CHECK_FALSE(queue.waiting(Ticket{}));
}

TEST_CASE("queue: the most urgent one is found, in whatever order the deadlines came") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    std::mt19937_64 random(seed);
    Queue queue;
    std::vector<Ticket> tickets;
    for (int i = 0; i < 200; ++i) {
      if (!tickets.empty() && random() % 3 == 0) {
        const auto place = tickets.begin() + static_cast<std::ptrdiff_t>(random() % tickets.size());
        REQUIRE(queue.remove(*place));
        tickets.erase(place);
      } else {
        tickets.push_back(queue.add(static_cast<LoginId>(random() % 3), start,
                                    start + milliseconds(random() % 100)));
      }
      TimePoint earliest = TimePoint::max();
      for (const auto ticket : tickets) earliest = std::min(earliest, queue.deadline(ticket));
      REQUIRE(queue.size() == tickets.size());
      if (tickets.empty())
        REQUIRE_FALSE(queue.most_urgent());
      else
        REQUIRE(queue.deadline(queue.most_urgent()) == earliest);
    }
  }
}

}  // namespace
}  // namespace occam::pool
