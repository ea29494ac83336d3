// libpq as a client of whatever stands behind $DSN; $UPSTREAM says whether that is Aurora DSQL.
// Prints how each check ended as `go test -v` does, which tests/drivers/run counts. An argument
// names the one check to run. Exit 1 if one failed.
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "tests/drivers/libpq/checks.hpp"
#include "tests/drivers/libpq/connection.hpp"

namespace {

using namespace occam::drivers;

struct Ending {
  const char* word;
  std::string remark;
};

Ending ending(const Check& check) {
  try {
    check.run();
    return {"PASS", ""};
  } catch (const Skipped& skipped) {
    return {"SKIP", skipped.why};
  } catch (const Refused& refused) {
    return {"FAIL", "refused with " + refused.state + ": " + refused.message};
  } catch (const std::exception& failure) {
    return {"FAIL", failure.what()};
  }
}

}  // namespace

int main(int count, char** arguments) {
  bool failed = false;
  for (const auto& checks :
       {session_checks(), sharing_checks(), state_checks(), pipeline_checks()}) {
    for (const Check& check : checks) {
      if (count > 1 && check.name != arguments[1]) continue;
      std::printf("=== RUN   %s\n", check.name.c_str());
      std::fflush(stdout);
      const auto began = std::chrono::steady_clock::now();
      const Ending end = ending(check);
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
      if (!end.remark.empty()) std::printf("    %s\n", end.remark.c_str());
      std::printf("--- %s: %s (%.2fs)\n", end.word, check.name.c_str(), spent.count());
      std::fflush(stdout);
      failed |= end.word == std::string("FAIL");
    }
  }
  return failed ? 1 : 0;
}
