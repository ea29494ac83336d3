#include "rewriter/explain.hpp"

#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "rewriter/rewriter.hpp"

namespace occam::rewriter {
namespace {

std::string text_of(const std::string& sql, const RewriterOptions& options = {}) {
  Rewriter rewriter(options);
  return explain_text(sql, *rewriter.rewrite(sql));
}

nlohmann::json json_of(const std::string& sql, const RewriterOptions& options = {}) {
  Rewriter rewriter(options);
  return nlohmann::json::parse(explain_json(sql, *rewriter.rewrite(sql)));
}

RewriterOptions dropping(const char* table) {
  RewriterOptions options;
  options.rules.tables[table].share = ShareRule::drop;
  options.rules.tables[table].reason = "read only in the night";
  return options;
}

}  // namespace

TEST_CASE("explain shows a change with its reason") {
  CHECK(text_of("SELECT a FROM t FOR SHARE") ==
        "original   SELECT a FROM t FOR SHARE\n"
        "rewritten  SELECT a FROM t FOR UPDATE\n"
        "change     for_share: FOR SHARE -> FOR UPDATE\n"
        "           FOR UPDATE conflicts with all that FOR SHARE keeps off, and more: nothing is "
        "lost\n"
        "statement  write on t, locks rows\n");
}

TEST_CASE("explain shows what is weakened") {
  const std::string text = text_of("SELECT a FROM t FOR SHARE", dropping("t"));
  CHECK_THAT(text, Catch::Contains("weakened   for_share: FOR SHARE -> (cut)\n"));
  CHECK_THAT(text, Catch::Contains("(t: read only in the night)"));
}

TEST_CASE("explain shows refusals, the unchanged and the unread") {
  CHECK_THAT(text_of("SAVEPOINT a"),
             Catch::Contains("refused    0A000 SAVEPOINT is not supported by Aurora DSQL\n"
                             "hint       Use one transaction without savepoints"));
  CHECK_THAT(text_of("SELECT 1"), Catch::Contains("rewritten  (unchanged)\n"));
  CHECK_THAT(text_of("PREPARE p AS SELECT 1 FROM t, u"),
             Catch::Contains("sql_prepare p on t, u, leaves state on the connection\n"));
  CHECK_THAT(text_of("SELEC 1"), Catch::Contains("note       not parsed"));
}

TEST_CASE("explain as JSON carries everything") {
  const auto json = json_of("SELECT a FROM t FOR SHARE; SET search_path = x", dropping("t"));
  CHECK(json["original"] == "SELECT a FROM t FOR SHARE; SET search_path = x");
  CHECK(json["rewritten"] == "SELECT a FROM t; SET search_path = x");
  CHECK(json["changed"] == true);
  CHECK(json["parsed"] == true);
  CHECK(json["refusal"].is_null());
  REQUIRE(json["changes"].size() == 1);
  CHECK(json["changes"][0]["rule"] == "for_share");
  CHECK(json["changes"][0]["before"] == "FOR SHARE");
  CHECK(json["changes"][0]["after"] == "");
  CHECK(json["changes"][0]["weakens"] == true);
  REQUIRE(json["statements"].size() == 2);
  CHECK(json["statements"][0]["kind"] == "read");
  CHECK(json["statements"][0]["tables"] == nlohmann::json::array({"t"}));
  CHECK(json["statements"][1]["holds_session_state"] == true);
}

TEST_CASE("explain as JSON: refusals and bytes that are no UTF-8") {
  CHECK(json_of("LOCK TABLE t")["refusal"]["code"] == "0A000");
  CHECK(json_of("SELECT '\xff'")["parsed"] == false);
}

}  // namespace occam::rewriter
