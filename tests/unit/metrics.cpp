#include "proxy/observe/metrics.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

#include <catch2/catch.hpp>

#include "proxy/observe/log.hpp"

namespace occam::observe {
namespace {

using namespace std::chrono_literals;

// The value of one series as it stands in the text; nothing if the series is not there.
std::string value(const Metrics& metrics, const std::string& series) {
  std::istringstream lines(metrics.text());
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
  return "";
}

std::shared_ptr<const rewriter::Rewrite> changed_by(std::initializer_list<const char*> rules) {
  auto rewrite = std::make_shared<rewriter::Rewrite>();
  for (const auto* rule : rules) rewrite->changes.push_back({rule, "", "", "", false});
  return rewrite;
}

TEST_CASE("metrics: the page and the code name the same metrics") {
  std::ifstream file(std::string(OCCAM_SOURCE_DIR) + "/proxy/observe/README.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  std::string rows;
  for (const auto& [name, type, labels, help] : metric_table())
    rows += "| `" + name + "` | " + type + " | " + labels + (labels.empty() ? "| " : " | ") + help +
            " |\n";
  CHECK(page.find(rows + "\n") != std::string::npos);
}

TEST_CASE("metrics: every metric of the table is shown from the start") {
  Metrics metrics;
  metrics.read_with([] { return Metrics::Readings{1, 2, 3}; });
  const auto text = metrics.text();
  for (const auto& row : metric_table()) {
    CAPTURE(row.name);
    CHECK(text.find("# TYPE " + row.name + " " + row.type + "\n") != std::string::npos);
  }
  CHECK(value(metrics, "occam_rewriter_cache_hits_total") == "1");
  CHECK(value(metrics, "occam_rewriter_cache_misses_total") == "2");
  CHECK(value(metrics, "occam_journal_bytes") == "3");
  CHECK(value(metrics, "occam_verdicts_total{verdict=\"in_doubt\"}") == "0");
}

TEST_CASE("metrics: the upstream speaks one dialect at a time") {
  const auto shown = [](const Metrics& metrics) {
    std::string words;
    for (const std::string dialect : {"unknown", "2025", "current"})
      words += value(metrics, "occam_upstream_dialect{dialect=\"" + dialect + "\"}");
    return words + value(metrics, "occam_key_share_proven");
  };
  Metrics metrics;
  CHECK(shown(metrics) == "1000");
  metrics.upstream_locks(rewriter::Dialect::current, true);
  CHECK(shown(metrics) == "0011");
  metrics.upstream_locks(rewriter::Dialect::dsql_2025, false);
  CHECK(shown(metrics) == "0100");
}

TEST_CASE("metrics: each fact is counted under its labels") {
  Metrics metrics;
  metrics.count(relay::StatementDone{rewriter::StatementKind::write, false});
  metrics.count(relay::StatementDone{rewriter::StatementKind::write, true});
  metrics.count(relay::Rewritten{changed_by({"for_share", "for_share", "new_rule"})});
  metrics.count(relay::Refused{});
  metrics.count(relay::Conflict{relay::ConflictKind::data, true});
  metrics.count(relay::Conflict{relay::ConflictKind::lost, false});
  metrics.count(relay::Attempt{2, 3ms});
  metrics.count(relay::Decided{relay::Verdict::replayed, 2, 3, 10ms});
  metrics.count(relay::Unrepeatable{relay::NotReplayable::copy});
  metrics.count(relay::Masked{});
  metrics.count(relay::Pinned{});

  CHECK(value(metrics, "occam_statements_total{kind=\"write\",result=\"ok\"}") == "1");
  CHECK(value(metrics, "occam_statements_total{kind=\"write\",result=\"error\"}") == "1");
  CHECK(value(metrics, "occam_rewrites_total{rule=\"for_share\"}") == "2");
  CHECK(value(metrics, "occam_rewrites_total{rule=\"other\"}") == "1");
  CHECK(value(metrics, "occam_refusals_total") == "1");
  CHECK(value(metrics, "occam_conflicts_total{at=\"commit\",kind=\"data\"}") == "1");
  CHECK(value(metrics, "occam_conflicts_total{at=\"statement\",kind=\"lost\"}") == "1");
  CHECK(value(metrics, "occam_attempts_total") == "1");
  CHECK(value(metrics, "occam_backoff_seconds_bucket{le=\"0.0025\"}") == "0");
  CHECK(value(metrics, "occam_backoff_seconds_bucket{le=\"0.005\"}") == "1");
  CHECK(value(metrics, "occam_verdicts_total{verdict=\"replayed\"}") == "1");
  CHECK(value(metrics, "occam_verdict_conflicts_total{verdict=\"replayed\"}") == "2");
  CHECK(value(metrics, "occam_not_replayable_total{reason=\"copy\"}") == "1");
  CHECK(value(metrics, "occam_masked_errors_total") == "1");
  CHECK(value(metrics, "occam_pinned_sessions_total") == "1");
}

TEST_CASE("metrics: sessions and connects") {
  Metrics metrics;
  metrics.session_began();
  metrics.session_began();
  metrics.session_ended();
  metrics.session_failed(ErrorKind::protocol_violation);
  metrics.upstream_connected(ConnectResult::refused);
  CHECK(value(metrics, "occam_sessions") == "1");
  CHECK(value(metrics, "occam_sessions_total") == "2");
  CHECK(value(metrics, "occam_session_errors_total{kind=\"protocol_violation\"}") == "1");
  CHECK(value(metrics, "occam_upstream_connects_total{result=\"refused\"}") == "1");
}

TEST_CASE("log: one line per event, as text or JSON, whatever bytes come in") {
  const auto text = [](std::string_view value) {
    return line_text(config::LogFormat::text, "session failed", {{"reason", value}});
  };
  const auto json = [](std::string_view value) {
    return line_text(config::LogFormat::json, "session failed", {{"reason", value}});
  };
  CHECK(text("a \"b\"\nc") == R"(session failed reason="a \"b\"\nc")");
  CHECK(json("a \"b\"\nc") == R"("event":"session failed","reason":"a \"b\"\nc")");
  CHECK(json("\xff") == "\"event\":\"session failed\",\"reason\":\"\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace occam::observe
