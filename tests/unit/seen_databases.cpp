#include "proxy/seen_databases.hpp"

#include <catch2/catch.hpp>

namespace occam {

TEST_CASE("databases: nothing is doubted before one was made or dropped") {
  SeenDatabases databases;
  CHECK(databases.holds("temporal"));
  databases.doubt();
  CHECK_FALSE(databases.holds("temporal"));
}

TEST_CASE("databases: what was seen holds until the next doubt") {
  SeenDatabases databases;
  databases.doubt();
  databases.saw("temporal", databases.era());
  CHECK(databases.holds("temporal"));
  CHECK_FALSE(databases.holds("visibility"));
  databases.doubt();
  CHECK_FALSE(databases.holds("temporal"));
}

TEST_CASE("databases: an answer from before the doubt says nothing") {
  SeenDatabases databases;
  databases.doubt();
  const auto asked_in = databases.era();
  databases.doubt();
  databases.saw("temporal", asked_in);
  CHECK_FALSE(databases.holds("temporal"));
}

}  // namespace occam
