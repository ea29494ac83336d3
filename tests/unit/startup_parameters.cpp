// What is left of a StartupMessage for Aurora DSQL (facts/dsql.md §3.7).
#include "proxy/startup_parameters.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace occam {
namespace {

StartupParameters judged(const wire::Parameters& asked) {
  return judge_startup(asked, rewriter::harmless_settings());
}

// Of `options` alone; empty: nothing is left.
std::string options_left(const std::string& options) {
  const auto result = judged({{"options", options}});
  CHECK_FALSE(result.refusal);
  return result.kept.empty() ? "" : result.kept.front().value;
}

std::string refused(const wire::Parameters& asked) {
  const auto result = judged(asked);
  REQUIRE(result.refusal);
  CHECK(result.refusal->code == "0A000");
  CHECK_FALSE(result.refusal->hint.empty());
  return result.refusal->message;
}

}  // namespace

TEST_CASE("start-up: what drivers send passes as it comes") {
  const wire::Parameters asked = {{"user", "statement_timeout"}, {"database", "x"},
                                  {"client_encoding", "UTF8"},   {"DateStyle", "ISO, MDY"},
                                  {"extra_float_digits", "2"},   {"application_name", "a b"},
                                  {"search_path", "s"}};
  const auto result = judged(asked);
  CHECK(result.kept == asked);
  CHECK(result.ignored.empty());
  CHECK_FALSE(result.refusal);
}

TEST_CASE("start-up: what is harmless is left out and named") {
  const auto result = judged({{"statement_timeout", "1"},
                              {"TimeZone", "UTC"},
                              {"default_transaction_read_only", "false"},
                              {"options", "-c Lock_Timeout=5s"},
                              {"replication", "off"}});
  CHECK(result.kept == wire::Parameters{{"TimeZone", "UTC"}});
  CHECK(result.ignored == std::vector<std::string>{"statement_timeout",
                                                   "default_transaction_read_only",
                                                   "Lock_Timeout"});
  CHECK_FALSE(result.refusal);
}

TEST_CASE("start-up: the rest is refused in DSQL's words") {
  CHECK(refused({{"my.own", "1"}}) == R"(setting configuration parameter "my.own" not supported)");
  CHECK(refused({{"default_transaction_read_only", "on"}}) ==
        R"(setting configuration parameter "default_transaction_read_only" not supported)");
  CHECK(refused({{"options", "-c geqo=on --my-own=1"}}) ==
        R"(setting configuration parameter "my_own" not supported)");
  CHECK(refused({{"options", "-d 5"}}) == R"(command-line option "-d" not supported)");
  CHECK(refused({{"options", "-c"}}) == R"(command-line option "-c" not supported)");
  CHECK(refused({{"options", "-c search_path"}}) ==
        R"(command-line option "search_path" not supported)");
  CHECK(refused({{"replication", "database"}}) ==
        "replication connections are not supported by Aurora DSQL");
}

TEST_CASE("start-up: options are taken apart item by item") {
  CHECK(options_left("") == "");
  CHECK(options_left("  -c statement_timeout=0\t") == "");
  CHECK(options_left("-c search_path=a -cstatement_timeout=1 --TimeZone=UTC") ==
        "-c search_path=a -c TimeZone=UTC");
  CHECK(options_left("-csearch_path=a --lock-timeout=5") == "-c search_path=a");
}

TEST_CASE("start-up: escapes in options stay what they were") {
  CHECK(options_left(R"(-c search_path=a,\ b\\c --work-mem=1)") == R"(-c search_path=a,\ b\\c)");
  CHECK(options_left(R"(-c statement_timeout=1\ -c\ search_path=a)") == "");
  CHECK(options_left(R"(\-c search\_path=a)") == "-c search_path=a");
}

}  // namespace occam
