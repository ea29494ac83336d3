// What a real Temporal server was recorded to send (tests/traces): DSQL refuses its share locks and
// nothing else.
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "emulator/rules/rules.hpp"
#include "emulator/statement/statement.hpp"
#include "tests/support/trace.hpp"

using namespace emulator;

TEST_CASE("of what Temporal sends, only the share locks are refused") {
  std::ifstream file(std::string(OCCAM_SOURCE_DIR) + "/tests/traces/temporal.trace");
  std::size_t seen = 0;
  std::size_t refused = 0;
  for (const auto& text : occam::trace_player::read_trace(file).texts)
    for (const auto& statement : parse(text).statements) {
      INFO(text);
      ++seen;
      CHECK(statement.kind != Kind::unparsed);
      const auto refusal = refuse(statement, dialect_current, {});
      if (!refusal) continue;
      ++refused;
      CHECK(refusal->rule == "lock_clause");
    }
  CHECK(seen > 50);
  CHECK(refused > 0);
}
