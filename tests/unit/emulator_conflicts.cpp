#include <catch2/catch.hpp>

#include "emulator/judge/conflicts.hpp"

using emulator::Answer;

namespace {

Answer failed(const char* code, const char* text) {
  Answer answer;
  answer.failed = true;
  answer.code = code;
  answer.frames = text;
  return answer;
}

}  // namespace

TEST_CASE("a lock wait that ended is told apart from a client's cancel") {
  CHECK(emulator::met_a_probe(failed("55P03", "canceling statement due to lock timeout")));
  CHECK(emulator::met_a_probe(failed("40P01", "deadlock detected")));
  CHECK(emulator::met_a_probe(failed(
      "57014", "canceling statement due to user request while updating tuple (0,26) in relation")));
  CHECK_FALSE(emulator::met_a_probe(failed("57014", "canceling statement due to user request")));
  CHECK_FALSE(emulator::met_a_probe(failed("40001", "could not serialize access")));
}
