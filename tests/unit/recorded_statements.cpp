// Every statement that a real Temporal server was recorded to send (tests/traces), under the rules
// that ship for it: all are understood, and only the shard fence and the binary keys are changed.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "rewriter/parse_tree.hpp"
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
    const bool cut = done->rows && done->rows->kind == RowAccess::Kind::read;
    CHECK((statement.kind == StatementKind::write) == (writes(text) && !cut));
  }
}

bool ends_with(const std::string& text, const std::string& words) {
  return text.size() > words.size() && text.substr(text.size() - words.size()) == words;
}

TEST_CASE("on PostgreSQL only the locks of Temporal's statements are changed") {
  RewriterOptions options = shipped_rules();
  options.server = Server::postgresql;
  Rewriter rewriter(options);
  std::size_t changed = 0;
  std::size_t cut = 0;
  for (const std::string& text : recorded_texts()) {
    INFO(text);
    const auto done = rewriter.rewrite(text);
    if (!done->changed) {
      CHECK(text.find("FOR SHARE") == std::string::npos);
      CHECK(done->text == text);
      continue;
    }
    CHECK_FALSE(done->changes.front().weakens);
    if (done->changes.front().rule == "version_check") {
      ++cut;
      REQUIRE(done->rows);
      CHECK(text.substr(0, done->text.size()) == done->text);
      continue;
    }
    ++changed;
    CHECK(ends_with(text, "FOR SHARE"));
    CHECK(done->text == text.substr(0, text.size() - 5) + "UPDATE");
  }
  CHECK(changed > 0);
  CHECK(cut > 0);
}

TEST_CASE("Temporal's statements are translated where they name a table with binary keys") {
  const RewriterOptions options = shipped_rules();
  Rewriter rewriter(options);
  std::size_t translated = 0;
  for (const std::string& text : recorded_texts()) {
    INFO(text);
    const auto done = rewriter.rewrite(text);
    bool keys = false;
    for (const std::string& table : done->statements.front().tables) {
      const auto rule = options.rules.tables.find(table);
      keys = keys || (rule != options.rules.tables.end() && !rule->second.binary_keys.empty());
    }
    const bool share = text.find("FOR SHARE") != std::string::npos;
    // Each of them meets a key, but for the ones that prune or count by other columns.
    const bool read = done->rows && done->rows->kind == RowAccess::Kind::read;
    if (!keys) CHECK(done->changed == (share || read));
    translated += keys && done->changed ? 1 : 0;
    for (const Change& change : done->changes) {
      CHECK((change.rule == "for_share" || change.rule.starts_with("binary_key_") ||
             (change.rule == "version_check" && read)));
    }
  }
  CHECK(translated > 35);
}

struct Table {
  std::vector<std::string> columns;
  std::vector<std::string> binary;
  std::vector<std::string> keys;  // columns of its primary key, unique constraints and indexes
};

std::map<std::string, Table> temporal_schema() {
  std::ifstream file(root + "/tests/traces/temporal_schema.sql");
  const auto tree = ParseTree::parse({std::istreambuf_iterator<char>(file), {}});
  REQUIRE(tree);
  std::map<std::string, Table> tables;
  for (const Node statement : tree->statements()) {
    auto& table = tables[std::string(statement.at("relation").text("relname"))];
    for (Node element = statement.at("tableElts").first(); element; element = element.next()) {
      for (Node key = element.at("keys").first(); key; key = key.next()) {
        table.keys.emplace_back(key.text("sval"));
      }
      if (element.type() != "ColumnDef") continue;
      table.columns.emplace_back(element.text("colname"));
      const auto type = element.at("typeName").at("names").first().text("sval");
      if (type == "bytea") table.binary.push_back(table.columns.back());
    }
    for (Node part = statement.at("indexParams").first(); part; part = part.next()) {
      table.keys.emplace_back(part.text("name"));
    }
  }
  return tables;
}

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

TEST_CASE("the columns of tables with binary keys are those of Temporal's schema") {
  const auto tables = temporal_schema();
  for (const auto& [name, rule] : shipped_rules().rules.tables) {
    // Created and dropped again on the way to the newest version.
    if (rule.binary_keys.empty() || name == "nexus_incoming_services") continue;
    INFO(name);
    REQUIRE(tables.contains(name));
    const auto& table = tables.at(name);
    std::vector<std::string> listed = rule.columns;
    std::vector<std::string> real = table.columns;
    std::sort(listed.begin(), listed.end());
    std::sort(real.begin(), real.end());
    CHECK(listed == real);
    for (const std::string& key : rule.binary_keys) CHECK(holds(table.binary, key));
  }
}

TEST_CASE("every bytea column in a key of Temporal's schema is a binary key") {
  const auto rules = shipped_rules().rules.tables;
  std::size_t keys = 0;
  for (const auto& [name, table] : temporal_schema()) {
    for (const std::string& key : table.keys) {
      if (!holds(table.binary, key)) continue;
      INFO(name << "." << key);
      REQUIRE(rules.contains(name));
      CHECK(holds(rules.at(name).binary_keys, key));
      ++keys;
    }
  }
  CHECK(keys > 30);
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
