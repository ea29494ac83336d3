#include <catch2/catch.hpp>

#include "emulator/connect/quota.hpp"

using namespace emulator;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const Quota::Time start{};

// How many of `times` attempts are let in at one moment; those that are stay.
int admitted(Quota& quota, int times, Quota::Time now) {
  int count = 0;
  for (int i = 0; i < times; ++i) count += !quota.admit(now);
  return count;
}

}  // namespace

TEST_CASE("a burst of a thousand, then a hundred a second") {
  Quota quota({});
  CHECK(admitted(quota, 1'500, start) == 1'000);
  CHECK(quota.admit(start) == rate_exceeded());
  CHECK(admitted(quota, 1'500, start + milliseconds(500)) == 50);
  CHECK(admitted(quota, 1'500, start + milliseconds(1'500)) == 100);
  // The bucket never holds more than the burst.
  CHECK(admitted(quota, 1'500, start + seconds(3'600)) == 1'000);
}

TEST_CASE("a place is free again once its client has left") {
  Quota quota({2, 100, 1'000});
  CHECK(admitted(quota, 3, start) == 2);
  CHECK(quota.admit(start) == too_many_connections());
  quota.release();
  CHECK_FALSE(quota.admit(start));
  CHECK(quota.admit(start) == too_many_connections());
}

TEST_CASE("an attempt that finds no place has used up its token") {
  Quota quota({1, 1, 2});
  CHECK_FALSE(quota.admit(start));
  CHECK(quota.admit(start) == too_many_connections());
  CHECK(quota.admit(start) == rate_exceeded());
}

TEST_CASE("times that overtake each other give nothing away") {
  Quota quota({10, 1, 1});
  CHECK_FALSE(quota.admit(start + seconds(10)));
  CHECK(quota.admit(start) == rate_exceeded());
  CHECK(quota.admit(start + milliseconds(10'500)) == rate_exceeded());
  CHECK_FALSE(quota.admit(start + seconds(11)));
}

TEST_CASE("the busiest second, wherever it began, with those who were refused") {
  Quota quota({10, 1, 2});
  CHECK(quota.most_in_a_second() == 0);
  quota.admit(start);
  quota.admit(start + milliseconds(900));
  quota.admit(start + milliseconds(950));
  CHECK(quota.most_in_a_second() == 3);
  // The first one's second is over.
  quota.admit(start + seconds(1));
  CHECK(quota.most_in_a_second() == 3);
  quota.admit(start + milliseconds(1'100));
  CHECK(quota.most_in_a_second() == 4);
  quota.admit(start + seconds(60));
  CHECK(quota.most_in_a_second() == 4);
}
