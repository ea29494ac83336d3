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
  CHECK_THAT(text_of("SET search_path TO a"),
             Catch::Contains("set, leaves a setting that is carried to other connections\n"));
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

RewriterOptions checking(const char* table) {
  RewriterOptions options;
  auto& rule = options.rules.tables[table];
  rule.update = UpdateRule::version_check;
  rule.key = {"id"};
  rule.version = "v";
  return options;
}

TEST_CASE("explain shows what becomes of a lock that is not sent") {
  CHECK_THAT(text_of("SELECT v FROM t WHERE id = $1 FOR UPDATE", checking("t")),
             Catch::Contains("rewritten  SELECT v FROM t WHERE id = $1\n"
                             "change     version_check: FOR UPDATE -> (cut)\n") &&
                 Catch::Contains("read       t, key $1, version output 1\n"
                                 "at COMMIT  SELECT 1 FROM t WHERE id = $1 FOR UPDATE\n"));
  CHECK_THAT(
      text_of("UPDATE t SET v = 2 WHERE id = 7", checking("t")),
      Catch::Contains("write      t, key '7'\n"
                      "Parse      UPDATE t SET v = 2 WHERE (v = $1 OR $1 IS NULL) AND id = 7\n") &&
          Catch::Contains("Query      UPDATE t SET v = 2 WHERE (v = '...') AND id = 7\n"));
  auto options = checking("t");
  options.rules.tables["t"].share = ShareRule::key_share;
  CHECK_THAT(text_of("DELETE FROM t WHERE id = $1", options),
             Catch::Contains("before     SELECT 1 FROM t WHERE id = $1 FOR UPDATE\n"));
}

TEST_CASE("explain as JSON: rows") {
  const auto read =
      json_of("SELECT v FROM t WHERE id = $1 FOR UPDATE", checking("t"))["row_access"];
  CHECK(read["kind"] == "read");
  CHECK(read["rows"][0]["key"] == nlohmann::json::array({"$1"}));
  CHECK(read["rows"][0]["version"] == "output 1");
  const auto write = json_of("UPDATE t SET v = 2 WHERE id = 7", checking("t"))["row_access"];
  CHECK(write["hidden"] == 1);
  CHECK(write["parse"] == "UPDATE t SET v = 2 WHERE (v = $1 OR $1 IS NULL) AND id = 7");
  CHECK(json_of("SELECT 1")["row_access"].is_null());
}

TEST_CASE("explain as JSON: refusals and bytes that are no UTF-8") {
  CHECK(json_of("LOCK TABLE t")["refusal"]["code"] == "0A000");
  CHECK(json_of("SELECT '\xff'")["parsed"] == false);
}

}  // namespace occam::rewriter
