// What `occam check` makes of the facts: which verdict, and that what is wrong comes with what to
// do.
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "rewriter/definitions/unproven.hpp"

#include "proxy/check/access.hpp"
#include "proxy/check/assumptions.hpp"
#include "proxy/check/configuration.hpp"
#include "proxy/check/locks.hpp"
#include "proxy/check/report.hpp"
#include "proxy/check/server.hpp"
#include "proxy/check/tables.hpp"
#include "proxy/wire/backend.hpp"

using namespace occam;
using namespace occam::check;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'800'000'000)};

upstream::Failure refusal(std::string_view code, std::string_view message,
                          std::string_view hint = {}) {
  upstream::Failure failure{upstream::FailureKind::refused, {}, std::string(message)};
  wire::backend::append_error(failure.error, {"FATAL", code, message, {}, hint});
  return failure;
}

config::Upstream iam_upstream(const std::string& user) {
  config::Upstream upstream;
  upstream.user = user;
  upstream.authentication = config::UpstreamAuthentication::iam;
  return upstream;
}

std::string advice(const upstream::Failure& failure, const config::Upstream& upstream = {}) {
  const auto finding = judge_failure(failure, upstream, now);
  CHECK(finding.verdict == Verdict::fail);
  return finding.advice;
}

bool holds(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

// Of a configuration that is otherwise as it should be.
Findings configured(void (*change)(config::Config&, config::Listener&)) {
  config::Config config;
  config.listeners.reserve(2);  // a change may add one
  auto& listener = config.listeners.front();
  listener.upstream.authentication = config::UpstreamAuthentication::iam;
  change(config, listener);
  return judge_configuration(config, listener);
}

upstream::Answer answer(std::vector<std::vector<std::string>> rows) {
  return {std::move(rows), "", ""};
}

rewriter::TableRules rules() {
  rewriter::TableRules rules;
  rules.tables["shards"].share = rewriter::ShareRule::auto_;
  rules.tables["executions"].binary_keys = {"run_id"};
  rules.tables["passing"].transient = true;
  return rules;
}

}  // namespace

TEST_CASE("a configuration that a careful operator would change") {
  CHECK(configured([](auto&, auto&) {}).front().verdict == Verdict::ok);
  struct Case {
    void (*change)(config::Config&, config::Listener&);
    std::string text;
  };
  const Case cases[] = {
      {[](auto&, auto& l) { l.upstream.tls.mode = config::UpstreamTlsMode::verify_ca; },
       "weaker than verify-full"},
      {[](auto&, auto& l) { l.upstream.authentication = {}; }, "takes tokens only"},
      {[](auto&, auto& l) { l.pool.lifetime = 60min; }, "cuts connections at 60m"},
      {[](auto&, auto& l) { l.pool.connects_per_second = 101; }, "a cluster takes 100"},
      {[](auto& c, auto& l) {
         l.pool.connections = 6000;
         c.listeners.push_back(l);
       },
       "12000 pool.connections"},
      {[](auto& c, auto& l) { c.threads = l.pool.connections + 1; }, "only so many will run"},
  };
  for (const auto& [change, text] : cases) {
    const auto found = configured(change);
    REQUIRE(found.size() == 1);
    CHECK(found[0].verdict == Verdict::warn);
    CHECK(holds(found[0].text, text));
    CHECK_FALSE(found[0].advice.empty());
  }
  const auto reached = configured([](auto&, auto& l) { l.listen.host = "10.0.0.1"; });
  REQUIRE(reached.size() == 2);
  CHECK(holds(reached[0].text, "no users"));
  CHECK(holds(reached[1].text, "without TLS"));
  // What DSQL limits is no matter for PostgreSQL.
  CHECK(configured([](auto&, auto& l) {
          l.upstream.server = rewriter::Server::postgresql;
          l.pool.lifetime = 24h;
          l.upstream.tls.mode = config::UpstreamTlsMode::disable;
        })
            .front()
            .verdict == Verdict::ok);
}

TEST_CASE("certificates by the days they have left") {
  const auto verdict = [](auto from, auto until) {
    return judge_certificate("tls", {"db.example", "CN=ca", now + from, now + until}, now).verdict;
  };
  CHECK(verdict(-1h, 24h * 15) == Verdict::ok);
  CHECK(verdict(-1h, 24h * 14) == Verdict::ok);
  CHECK(verdict(-1h, 24h * 14 - 1s) == Verdict::warn);
  CHECK(verdict(-1h, 1s) == Verdict::warn);
  CHECK(verdict(-1h, 0s) == Verdict::fail);
  CHECK(verdict(1s, 24h) == Verdict::fail);
}

TEST_CASE("each refusal says what to do") {
  CHECK(holds(
      advice(refusal("28000", "unable to accept connection, access denied"), iam_upstream("admin")),
      "dsql:DbConnectAdmin"));
  const auto app =
      advice(refusal("28000", "unable to accept connection, access denied"), iam_upstream("app"));
  CHECK(holds(app, "dsql:DbConnect on"));
  CHECK(holds(app, "AWS IAM GRANT app TO"));
  CHECK(holds(advice(refusal("28000", "unable to accept connection, access denied")),
              "authentication: iam"));
  CHECK(holds(advice(refusal("53400", "Unable to accept connection, rate exceeded.")),
              "connects_per_second"));
  CHECK(holds(advice(refusal("53300", "too many open connections")), "pool.connections"));
  CHECK(holds(advice(refusal("28P01", "password authentication failed")), "upstream.password"));
  CHECK(holds(advice(refusal("28P01", "the server asks for a password and none is configured")),
              "set upstream.password"));
  CHECK(holds(advice(refusal("28000", "unable to accept connection, sni was not received")),
              "server_name"));
  CHECK(advice(refusal("XX000", "server unavailable", "try again")) == "try again");
}

TEST_CASE("a token that has expired speaks of the clock") {
  const auto expired = [](const std::string& hint) {
    return advice(refusal("28000", "unable to accept connection, access denied", hint),
                  iam_upstream("app"));
  };
  CHECK(holds(expired("Signature expired"), "NTP"));
  const auto server = iam::amz_date(now + 1000s);
  CHECK(
      holds(expired("Signature expired: " + iam::amz_date(now) + " is now earlier than " + server),
            "1000 s behind"));
}

TEST_CASE("a failed connect ends at its step") {
  using upstream::FailureKind;
  CHECK(failed_step({FailureKind::unreachable, {}, {}}) == Step::connection);
  CHECK(failed_step({FailureKind::timeout, {}, {}}) == Step::connection);
  CHECK(failed_step({FailureKind::tls, {}, {}}) == Step::encryption);
  CHECK(failed_step({FailureKind::refused, {}, {}}) == Step::log_in);
  CHECK(is_waking(refusal("57P03", "unable to accept connection, waking up cluster")));
  CHECK_FALSE(is_waking(refusal("57P03", "shutting down")));
}

TEST_CASE("which server it is") {
  using rewriter::Server;
  const upstream::Answer there = answer({});
  const upstream::Answer gone{{}, "42P01", "relation \"sys.jobs\" does not exist"};
  CHECK(judge_kind(there, Server::aurora_dsql).verdict == Verdict::ok);
  CHECK(judge_kind({{}, "42501", "permission denied"}, Server::aurora_dsql).verdict == Verdict::ok);
  CHECK(judge_kind(gone, Server::postgresql).verdict == Verdict::ok);
  CHECK(holds(judge_kind(gone, Server::aurora_dsql).advice, "upstream.server: postgresql"));
  CHECK(holds(judge_kind(there, Server::postgresql).advice, "upstream.server: aurora_dsql"));
  CHECK(judge_kind({{}, "XX000", "server unavailable"}, Server::aurora_dsql).verdict ==
        Verdict::warn);
}

TEST_CASE("how far two clocks may be apart") {
  using By = config::UpstreamAuthentication;
  CHECK(judge_clock(4999ms, By::iam).verdict == Verdict::ok);
  CHECK(judge_clock(-5s, By::iam).verdict == Verdict::warn);
  CHECK(holds(judge_clock(-5s, By::iam).text, "5 s ahead of"));
  CHECK(judge_clock(5min - 1ms, By::iam).verdict == Verdict::warn);
  CHECK(judge_clock(5min, By::iam).verdict == Verdict::fail);
  CHECK(judge_clock(-5min, By::iam).verdict == Verdict::fail);
  CHECK(judge_clock(1h, By::password).verdict == Verdict::warn);
  CHECK(judge_clock_answer(answer({{"1800000007000"}}), now, By::iam).verdict == Verdict::warn);
  CHECK(judge_clock_answer(answer({{"1800000001000"}}), now, By::iam).verdict == Verdict::ok);
  CHECK(judge_clock_answer(answer({{"soon"}}), now, By::iam).verdict == Verdict::warn);
  CHECK(judge_clock_answer(answer({}), now, By::iam).verdict == Verdict::warn);
}

TEST_CASE("what follows from the locks") {
  using rewriter::Dialect;
  upstream::LockingFinding found;
  found.dialect = Dialect::current;
  found.key_share_proven = true;
  CHECK(judge_locks(found, Dialect::current, rules()).verdict == Verdict::ok);
  CHECK(holds(judge_locks(found, Dialect::current, rules()).text, "FOR KEY SHARE on shards"));
  CHECK(judge_locks(found, Dialect::dsql_2025, rules()).verdict == Verdict::warn);
  found.key_share_proven = false;
  CHECK(judge_locks(found, Dialect::current, rules()).verdict == Verdict::warn);
  CHECK(holds(judge_locks(found, std::nullopt, rules()).text, "FOR UPDATE on shards"));
  CHECK(judge_locks(found, Dialect::current, {}).verdict == Verdict::ok);
  found.dialect = Dialect::dsql_2025;
  CHECK(judge_locks(found, Dialect::current, rules()).verdict == Verdict::fail);
  found.dialect.reset();
  CHECK(judge_locks(found, std::nullopt, rules()).verdict == Verdict::warn);
}

TEST_CASE("the tables of the rules") {
  using rewriter::Server;
  const auto judged = [](const upstream::Answer& rows, Server server = Server::aurora_dsql) {
    return judge_tables(tables_of(rows), rules(), "temporal", server);
  };
  const std::vector<std::string> shards{"shards", "shard_id", "integer"};
  const auto whole = judged(answer({shards, {"executions", "run_id", "text"}}));
  REQUIRE(whole.size() == 2);  // a transient table is not missed
  CHECK(whole[0].verdict == Verdict::ok);
  CHECK(whole[1].verdict == Verdict::ok);
  const auto part = judged(answer({shards}));
  REQUIRE(part.size() == 1);
  CHECK(part[0].verdict == Verdict::warn);
  CHECK(holds(part[0].text, "missing: executions"));
  const auto none = judged(answer({{"other", "id", "text"}}));
  REQUIRE(none.size() == 1);
  CHECK(none[0].verdict == Verdict::fail);
  CHECK(holds(none[0].advice, "temporal-sql-tool"));
  const auto foreign = judged(answer({shards, {"executions", "run_id", "bytea"}}));
  CHECK(foreign[1].verdict == Verdict::fail);
  CHECK(holds(foreign[1].text, "executions.run_id is bytea"));
  CHECK(judged(answer({shards, {"executions", "id", "text"}}))[1].verdict == Verdict::fail);
  CHECK(judged(answer({shards, {"executions", "run_id", "bytea"}}), Server::postgresql).size() ==
        1);
  CHECK(database_to_look_in("", rules()) == "temporal");
  CHECK(database_to_look_in("other", rules()) == "other");
  CHECK(database_to_look_in("", {}).empty());
}

TEST_CASE("what no recording shows") {
  const auto& first = assumptions().front();
  CHECK(judge_assumption(first, answer({{std::string(first.answer)}})).verdict == Verdict::ok);
  CHECK(judge_assumption(first, answer({{"else"}})).verdict == Verdict::fail);
  CHECK(judge_assumption(first, answer({})).verdict == Verdict::fail);
  CHECK(judge_assumption(first, {{}, "0A000", "no"}).verdict == Verdict::fail);
  CHECK(judge_search_path(answer({{"\"public\""}}), "public").verdict == Verdict::ok);
  CHECK(judge_search_path(answer({{"\"$user\", public"}}), "public").verdict == Verdict::fail);
  const auto short_list = in_short({ok("a"), fail("b", "c"), ok("d")});
  REQUIRE(short_list.size() == 2);
  CHECK(short_list[0].verdict == Verdict::fail);
  CHECK(holds(short_list[1].text, "2 of those"));
  // One of the list is tried, all others are told; so no claim of the list is spelled differently.
  std::size_t told = 0;
  for (const auto claim : rewriter::unproven_of_definitions)
    for (const auto& finding : unproven()) told += finding.text == claim;
  CHECK(told == std::size(rewriter::unproven_of_definitions) - 1);
}

TEST_CASE("the middle of the round trips") {
  CHECK(holds(judge_round_trips({3000us, 1000us, 90'000us}).text, "3.0 ms, median of 3"));
}

TEST_CASE("a report as text and as JSON") {
  const auto played = [](Report::Form form) {
    std::ostringstream out;
    Report report(out, form);
    report.begin("main", "here leads to there");
    report.note(Step::configuration, ok("fine"));
    report.note(Step::log_in, fail("said \x1b[31m\nno", "do this"));
    report.end();
    CHECK(report.failed());
    return out.str();
  };
  CHECK(played(Report::Form::text) ==
        "listener main: here leads to there\n"
        "  ok       configuration  fine\n"
        "  FAIL     log-in         said  [31m no; do this\n"
        "1 ok, 0 warn, 1 FAIL, 0 skip\n");
  const auto object = nlohmann::json::parse(played(Report::Form::json));
  CHECK(object["ok"] == false);
  CHECK(object["listeners"][0]["steps"][1]["advice"] == "do this");
  CHECK(object["listeners"][0]["steps"][0] ==
        nlohmann::json{{"step", "configuration"}, {"verdict", "ok"}, {"text", "fine"}});
}
