// Every statement that a real Temporal server was recorded to send (tests/traces), under the rules
// that ship for it: all are understood, and only the shard fence is changed.
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "rewriter/rewriter.hpp"

#include "config/table_rules.hpp"

#include "tests/support/trace.hpp"

namespace occam::rewriter {
namespace {

const std::string root = OCCAM_SOURCE_DIR;

RewriterOptions shipped_rules() {
  std::ifstream file(root + "/config/temporal.yaml");
  const std::string yaml{std::istreambuf_iterator<char>(file), {}};
  auto parsed = config::parse_table_rules(yaml, "temporal.yaml");
  REQUIRE(parsed.mistakes.empty());
  RewriterOptions options;
  options.rules = std::move(parsed.rules);
  return options;
}

std::vector<std::string> recorded_texts() {
  std::ifstream file(root + "/tests/traces/temporal.trace");
  return trace_player::read_trace(file).texts;
}

bool writes(const std::string& text) {
  const std::string words = text.substr(0, 6);
  return words == "INSERT" || words == "UPDATE" || words == "DELETE" ||
         text.find("FOR UPDATE") != std::string::npos ||
         text.find("FOR SHARE") != std::string::npos;
}

}  // namespace

TEST_CASE("Temporal's statements are all understood") {
  Rewriter rewriter(shipped_rules());
  const auto texts = recorded_texts();
  REQUIRE(texts.size() > 50);
  for (const std::string& text : texts) {
    INFO(text);
    const auto done = rewriter.rewrite(text);
    CHECK(done->parsed);
    CHECK_FALSE(done->refusal);
    REQUIRE(done->statements.size() == 1);
    const Statement& statement = done->statements.front();
    CHECK(statement.kind != StatementKind::unknown);
    CHECK_FALSE(statement.holds_session_state);
    CHECK((statement.kind == StatementKind::write) == writes(text));
  }
}

TEST_CASE("of Temporal's statements only the share lock is changed") {
  Rewriter rewriter(shipped_rules());
  std::size_t changed = 0;
  for (const std::string& text : recorded_texts()) {
    INFO(text);
    const auto done = rewriter.rewrite(text);
    if (text.find("FOR SHARE") == std::string::npos) {
      CHECK(done->text == text);
      continue;
    }
    ++changed;
    CHECK(done->text == text.substr(0, text.size() - 5) + "UPDATE");
    CHECK_FALSE(done->changes.front().weakens);
  }
  CHECK(changed > 0);
}

TEST_CASE("every table that Temporal locks has a rule with a reason, and none drops") {
  const RewriterOptions options = shipped_rules();
  Rewriter rewriter(options);
  for (const std::string& text : recorded_texts()) {
    for (const Statement& statement : rewriter.rewrite(text)->statements) {
      if (!statement.locks) continue;
      for (const std::string& table : statement.tables) {
        INFO(table);
        REQUIRE(options.rules.tables.contains(table));
        CHECK(options.rules.tables.at(table).reason.size() > 10);
      }
    }
  }
  for (const auto& [table, rule] : options.rules.tables) {
    INFO(table);
    CHECK(rule.share != ShareRule::drop);
  }
}

}  // namespace occam::rewriter
