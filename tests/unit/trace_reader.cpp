// The reading of recorded traces: escapes, parameters, and a line number in every complaint.
#include <sstream>

#include <catch2/catch.hpp>

#include "tests/support/trace.hpp"

namespace {

occam::trace_player::Trace read(const std::string& lines) {
  std::istringstream in("occam trace 1\n" + lines);
  return occam::trace_player::read_trace(in);
}

}  // namespace

TEST_CASE("a simple query keeps its newlines and backslashes") {
  const auto trace = read("# a remark\n3 Q SELECT 1,\\n E'\\\\x'\n");
  REQUIRE(trace.steps.size() == 1);
  CHECK(trace.steps[0].session == 3);
  CHECK(trace.texts[trace.steps[0].text] == "SELECT 1,\n E'\\x'");
}

TEST_CASE("a prepared statement carries values and NULL") {
  const auto trace = read("S7 SELECT $1, $2\n1 E S7 [\"\\\\x00\", null]\n1 E S7 [\"a\",\"b\"]\n");
  REQUIRE(trace.texts.size() == 1);
  REQUIRE(trace.steps.size() == 2);
  CHECK(trace.steps[0].parameters[0] == "\\x00");
  CHECK(!trace.steps[0].parameters[1]);
}

TEST_CASE("a malformed line is named by its number") {
  CHECK_THROWS_WITH(read("1 E S9 []\n"), Catch::StartsWith("line 2:"));
  CHECK_THROWS_WITH(read("S1 x\n1 Z S1\n"), Catch::StartsWith("line 3:"));
  std::istringstream other("something else\n");
  CHECK_THROWS_AS(occam::trace_player::read_trace(other), occam::trace_player::MalformedTrace);
}
