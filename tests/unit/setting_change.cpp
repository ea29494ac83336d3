// Which statements change a setting such that it can be said again on another connection, and which
// leave one that cannot.
#include "rewriter/setting_change.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rewriter/rewriter.hpp"

#include "tests/support/read_statements.hpp"

namespace occam::rewriter {

TEST_CASE("settings that can be set again elsewhere") {
  using Kind = SettingChange::Kind;
  const auto sets = [](const std::string& name, const std::string& sql) {
    INFO(sql);
    CHECK(only_statement(sql).setting == SettingChange{Kind::set, name, sql});
    CHECK(only_statement(sql).holds_session_state);
  };
  sets("a", "SET a = 1");
  sets("a", "SET SESSION a TO -1.5");
  sets("a", "set A To on");
  sets("work_mem", "SET work_mem = '4MB'");
  sets("search_path", "SET search_path TO a, \"B\", '$user'");
  sets("search_path", "SET SCHEMA 'a'");
  sets("timezone", "SET \"TimeZone\" = 'UTC'");
  sets("timezone", "SET TIME ZONE -8");
  sets("timezone", "SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE");
  sets("client_encoding", "SET NAMES 'utf8'");
  sets("xmloption", "SET XML OPTION DOCUMENT");
  sets("my.own", "SET my.\"Own\" = 1");
  sets("my.user", "SET \"my.user\" = 1");
  sets("a", "SELECT set_config('A', 'b', false)");
  sets("a", "SELECT pg_catalog.set_config('a', '', false) AS x");
  for (const char* sql : {"RESET a", "SET A TO DEFAULT", "SELECT set_config('a', NULL, false)"}) {
    INFO(sql);
    CHECK(only_statement(sql).setting == SettingChange{Kind::reset, "a", ""});
  }
  CHECK(only_statement("RESET TIME ZONE").setting->name == "timezone");
  CHECK(only_statement("SET TIME ZONE LOCAL").setting->kind == Kind::reset);
  CHECK(only_statement("SET NAMES DEFAULT").setting->kind == Kind::reset);
  CHECK(only_statement("RESET ALL").setting->kind == Kind::reset_all);
  CHECK(only_statement("DISCARD ALL").setting->kind == Kind::discard_all);
  for (const char* sql :
       {"SET LOCAL a = 1", "SET LOCAL a TO DEFAULT", "SELECT set_config('a', $1, true)",
        "SELECT a, set_config('a', a, true) FROM t"}) {
    INFO(sql);
    CHECK(only_statement(sql).setting->kind == Kind::local);
    CHECK_FALSE(only_statement(sql).holds_session_state);
  }
}

TEST_CASE("settings that pin") {
  for (const char* sql : {"SET ROLE r",
                          "SET role TO none",
                          "SET SESSION AUTHORIZATION r",
                          "SET seed = 0.5",
                          "SET sort_mem = 64",
                          "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                          "SET a FROM CURRENT",
                          "SET a = 'x\\y'",
                          "SET a = E'x\\ty'",
                          "SET a = '\xc3\xa4'",
                          "SET \"a b\" = 1",
                          "SELECT set_config('a', $1, false)",
                          "SELECT set_config($1, 'b', false)",
                          "SELECT set_config('a', 'b', $1)",
                          "SELECT set_config('a', 'b', 'false')",
                          "SELECT set_config('a', 'b', false) FROM t",
                          "SELECT set_config('a', 'b', false) LIMIT 0",
                          "SELECT set_config('a', 'b', false) WHERE false",
                          "SELECT set_config('a', 'b', false), 1",
                          "SELECT set_config('a', 'b', false) UNION SELECT '1'",
                          "SELECT upper(set_config('a', 'b', false))",
                          "SELECT set_config('role', 'r', false)",
                          "SELECT set_config('a', 'b', true), pg_advisory_lock(1)",
                          "EXPLAIN ANALYZE SELECT set_config('a', 'b', false)"}) {
    INFO(sql);
    CHECK(only_statement(sql).holds_session_state);
    CHECK_FALSE(only_statement(sql).setting);
  }
  for (const char* sql :
       {"SET TRANSACTION READ ONLY", "SET transaction_isolation = 'serializable'", "RESET ROLE",
        "SET CONSTRAINTS ALL DEFERRED", "DISCARD PLANS", "SHOW a"}) {
    INFO(sql);
    CHECK_FALSE(only_statement(sql).holds_session_state);
    CHECK_FALSE(only_statement(sql).setting);
  }
}

TEST_CASE("a setting is kept in its own words, without what stands around it") {
  const auto statements = read_statements(
      "/* a */ SET a = 1 /* b */ ; SET\n b /* c */ TO 'x;' -- d\n;SELECT 1;RESET c--");
  REQUIRE(statements.size() == 4);
  CHECK(statements[0].setting->sql == "SET a = 1");
  CHECK(statements[1].setting->sql == "SET\n b /* c */ TO 'x;'");
  CHECK_FALSE(statements[2].setting);
  CHECK(statements[3].setting->name == "c");
}

TEST_CASE("what DSQL is not asked to set leaves nothing") {
  const auto dsql = [](const std::string& sql) {
    return Rewriter({}).rewrite(sql)->statements.at(0);
  };
  CHECK_FALSE(dsql("SET statement_timeout = 0").holds_session_state);
  // Its place is taken by a setting that is reset, and that is what must be known of it.
  CHECK(dsql("SET statement_timeout = 0").setting->name == "enable_tidscan");
  CHECK(dsql("SET statement_timeout = 0").setting->kind == SettingChange::Kind::reset);
  CHECK(dsql("SET LOCAL statement_timeout = 0").setting->kind == SettingChange::Kind::local);
  CHECK_FALSE(dsql("SELECT set_config('jit', 'off', false)").setting);
  CHECK_FALSE(dsql("SELECT set_config('jit', 'off', false)").holds_session_state);
}

}  // namespace occam::rewriter
