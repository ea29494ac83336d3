// Statements, functions and settings that DSQL refuses, as tables: SQL, SQLSTATE, text. Sources
// stand with the texts in emulator/rules/.
#include <catch2/catch.hpp>

#include "emulator/rules/rules.hpp"
#include "emulator/rules/setting_rules.hpp"
#include "emulator/statement/statement.hpp"

using namespace emulator;

namespace {

// "SQLSTATE text" of the first refusal, empty if there is none.
std::string told(const std::string& sql, Dialect dialect = dialect_current) {
  const auto parsed = parse(sql);
  for (const auto& statement : parsed.statements) {
    REQUIRE(statement.kind != Kind::unparsed);
    if (const auto refusal = refuse(statement, dialect, {}))
      return refusal->code + " " + refusal->message;
  }
  return {};
}

std::string startup(const char* parameter, const char* value = "", Dialect day = dialect_current) {
  const auto refusal = refuse_startup(parameter, value, day);
  return refusal ? refusal->code + " " + refusal->message : std::string();
}

}  // namespace

TEST_CASE("a statement DSQL does not have is refused by the name of its node") {
  const std::pair<const char*, const char*> cases[] = {
      {"TRUNCATE t", "Truncate"},
      {"CREATE EXTENSION IF NOT EXISTS pgcrypto", "CreateExtension"},
      {"CREATE DATABASE d", "Createdb"},
      {"DROP DATABASE d", "Dropdb"},
      {"CREATE TABLE t AS SELECT 1 AS x", "CreateTableAs"},
      {"CREATE TEMP TABLE t AS SELECT 1 AS x", "CreateTableAs"},
      {"CREATE MATERIALIZED VIEW v AS SELECT 1 AS x", "CreateTableAs"},
      {"SELECT 1 AS x INTO t", "CreateTableAs"},
      {"CREATE TYPE p AS (a int, b int)", "CompositeType"},
      {"CREATE TYPE r AS RANGE (subtype = int4)", "CreateRange"},
      {"CREATE TABLESPACE s LOCATION '/x'", "CreateTableSpace"},
      {"CREATE FOREIGN TABLE t (id int) SERVER s", "CreateForeignTable"},
      {"LISTEN c", "Listen"},
      {"NOTIFY c", "Notify"},
      {"UNLISTEN *", "Unlisten"},
      {"ALTER SYSTEM SET work_mem = '4MB'", "AlterSystem"},
      {"LOCK TABLE t IN SHARE MODE", "Lock"},
      {"DECLARE c CURSOR FOR SELECT 1", "DeclareCursor"},
      {"FETCH c", "Fetch"},
      {"CLOSE c", "ClosePortal"},
      {"CREATE POLICY p ON t", "CreatePolicy"},
      {"DO 'x'", "Do"},
      {"CREATE RULE r AS ON INSERT TO t DO NOTHING", "Rule"},
      {"PREPARE p AS SELECT 1", "Prepare"},
      {"EXECUTE p", "Execute"},
      {"DEALLOCATE p", "Deallocate"},
      {"DISCARD ALL", "Discard"},
      {"LOAD 'x'", "Load"},
      {"COPY t FROM '/x'", "Copy"},
      {"COPY t TO PROGRAM 'x'", "Copy"},
      {"REINDEX TABLE t", "Reindex"},
      {"CREATE AGGREGATE a (int) (sfunc = f, stype = int)", "Define"},
      {"CREATE PUBLICATION p", "CreatePublication"},
      {"REFRESH MATERIALIZED VIEW v", "RefreshMatView"},
  };
  for (const auto& [sql, node] : cases) {
    INFO(sql);
    CHECK(told(sql) == std::string("0A000 unsupported statement: ") + node);
  }
}

TEST_CASE("a statement that is refused in words of its own") {
  const std::pair<const char*, const char*> cases[] = {
      {"CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()",
       "0A000 CREATE TRIGGER not supported"},
      {"VACUUM t", "0A000 unsupported VACUUM statement"},
      {"ALTER TYPE m ADD VALUE 'x'", "0A000 ALTER TYPE not supported"},
      {"ALTER TYPE m ADD ATTRIBUTE a int", "0A000 ALTER TYPE not supported"},
      {"ALTER TYPE m RENAME TO n", "0A000 unsupported object in RENAME statement"},
      {"DROP TYPE IF EXISTS m", "0A000 unsupported object in DROP statement"},
      {"DROP EXTENSION x", "0A000 unsupported object in DROP statement"},
      {"CREATE TYPE m", "0A000 CREATE TYPE not supported"},
      {"MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
       "0A000 unsupported statement type: MERGE"},
      {"SELECT a FROM t TABLESAMPLE SYSTEM (1)", "0A000 TABLESAMPLE clause not supported"},
      {"INSERT INTO u SELECT a FROM t TABLESAMPLE SYSTEM (1)",
       "0A000 TABLESAMPLE clause not supported"},
      {"CREATE PROCEDURE p() LANGUAGE sql AS 'x'", "0A000 PROCEDURE is not supported"},
      {"DROP PROCEDURE p", "0A000 PROCEDURE is not supported"},
      {"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'x'",
       "0A000 CREATE FUNCTION with language plpgsql not supported"},
      {"CREATE FUNCTION f() RETURNS int LANGUAGE sql SET work_mem = 1 AS 'x'",
       "0A000 setting configuration parameter \"work_mem\" not supported"},
      {"GRANT USAGE ON SCHEMA public TO x", "0A000 feature not supported on system entity"},
      {"REVOKE ALL ON SCHEMA s, public FROM x", "0A000 feature not supported on system entity"},
      {"DROP INDEX CONCURRENTLY i",
       "0A000 DROP INDEX CONCURRENTLY must be first action in transaction"},
      {"DROP DOMAIN d CASCADE", "0A000 DROP DOMAIN with CASCADE unsupported"},
      {"ALTER DOMAIN d SET NOT NULL", "0A000 unsupported ALTER DOMAIN SET NOT NULL statement"},
      {"CREATE DOMAIN d AS money", "0A000 datatype money not supported"},
      {"CREATE TEMP VIEW v AS SELECT 1",
       "0A000 TEMPORARY or TEMP view not supported for CREATE VIEW"},
      {"PREPARE TRANSACTION 'x'", "0A000 unsupported transaction statement: PREPARE TRANSACTION"},
      {"SELECT to_tsvector('english', 'a')",
       "42704 text search configuration \"english\" does not exist"},
      {"SELECT 1 WHERE to_tsvector('english', 'a') @@ to_tsquery('english', 'a')",
       "42704 text search configuration \"english\" does not exist"},
      {"SELECT line('{1,2,3}')", "0A000 datatype line not supported"},
      {"SELECT pg_try_advisory_lock(1)", "0A000 function pg_try_advisory_lock not supported"},
      {"CREATE VIEW v AS SELECT * FROM t FOR SHARE",
       "0A000 locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported"},
  };
  for (const auto& [sql, text] : cases) {
    INFO(sql);
    CHECK(told(sql) == text);
  }
}

TEST_CASE("statements that DSQL has pass") {
  for (const char* sql : {"SELECT 1",
                          "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING RETURNING a",
                          "ANALYZE t",
                          "EXPLAIN ANALYZE SELECT 1",
                          "DEALLOCATE ALL",
                          "RESET ALL",
                          "COPY t FROM STDIN",
                          "COPY (SELECT 1) TO STDOUT",
                          "CREATE VIEW v AS SELECT 1",
                          "CREATE SCHEMA s",
                          "CREATE DOMAIN d AS text CHECK (VALUE <> '')",
                          "DROP DOMAIN d",
                          "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                          "CREATE FUNCTION f() RETURNS int RETURN 1",
                          "DROP FUNCTION f",
                          "CREATE ROLE r LOGIN",
                          "GRANT SELECT ON ALL TABLES IN SCHEMA public TO x",
                          "GRANT USAGE ON SCHEMA s TO x",
                          "COMMENT ON TABLE t IS 'x'",
                          "CREATE STATISTICS s ON a, b FROM t",
                          "SET CONSTRAINTS ALL DEFERRED",
                          "CALL sys.wait_for_job('x')",
                          "DROP TABLE t",
                          "DROP INDEX i",
                          "DROP TRIGGER IF EXISTS g ON t",
                          "ALTER TABLE t RENAME COLUMN a TO b",
                          "ALTER INDEX i RENAME TO j",
                          "ALTER ROLE r RENAME TO s",
                          "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x",
                          "SELECT '127.0.0.1'::inet",
                          "SELECT string_to_array('1,2', ',')",
                          "SELECT * FROM sys.jobs"}) {
    INFO(sql);
    CHECK(told(sql).empty());
  }
}

TEST_CASE("statements that came with a day are refused before it") {
  const struct {
    const char* sql;
    int before;
    const char* text;
  } cases[] = {
      {"CREATE SEQUENCE s CACHE 1", 20260213, "0A000 unsupported statement: CreateSeq"},
      {"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x", 20260424,
       "0A000 unsupported statement: AlterDefaultPrivileges"},
      {"ALTER ROLE r RENAME TO s", 20260424, "0A000 unsupported object in RENAME statement"},
      {"CREATE STATISTICS s ON a, b FROM t", 20260827, "0A000 unsupported statement: CreateStats"},
      {"SET dsql.enable_batched_nestloop = on", 20260911,
       "0A000 setting configuration parameter \"dsql.enable_batched_nestloop\" not supported"},
  };
  for (const auto& [sql, day, text] : cases) {
    INFO(sql);
    CHECK(told(sql, Dialect{day - 1}) == text);
    CHECK(told(sql, Dialect{day}).empty());
  }
  CHECK(told("CREATE TYPE m AS ENUM ('x')", Dialect{20260918}) ==
        "0A000 CREATE TYPE not supported");
  CHECK(told("CREATE TYPE m AS ENUM ('x')") == "0A000 unsupported statement: CreateEnum");
}

TEST_CASE("only listed parameters can be set, in whatever way") {
  for (const char* parameter :
       {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout",
        "client_min_messages", "row_security", "standard_conforming_strings",
        "synchronize_seqscans", "default_transaction_isolation", "dsql.other"}) {
    const auto text =
        std::string("0A000 setting configuration parameter \"") + parameter + "\" not supported";
    INFO(parameter);
    CHECK(told(std::string("SET ") + parameter + " = 1") == text);
    CHECK(told(std::string("SET LOCAL ") + parameter + " TO DEFAULT") == text);
    CHECK(told(std::string("SELECT set_config('") + parameter + "', '1', false)") == text);
    CHECK(startup(parameter) == text);
  }
  for (const char* sql :
       {"SET application_name = 'x'", "SET NAMES 'UTF8'", "SET DateStyle = 'ISO'",
        "SET extra_float_digits = 3", "SET IntervalStyle = 'postgres'", "SET TIME ZONE 'UTC'",
        "SET search_path = a, b", "SET enable_hashjoin = off", "SET ROLE x",
        "SET dsql.enable_batched_nestloop = off", "SET disable_sync_create_index = off",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SELECT pg_catalog.set_config('search_path', '', false)", "SELECT set_config($1, $2, true)",
        "SHOW statement_timeout"}) {
    INFO(sql);
    CHECK(told(sql).empty());
  }
  CHECK(told("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE") ==
        "0A000 Unsupported isolation level: SERIALIZABLE");
  CHECK(told("SHOW lc_collate") == "42704 unrecognized configuration parameter \"lc_collate\"");
}

TEST_CASE("disable_sync_create_index is a Boolean of the emulator's own") {
  const auto read = [](const char* sql) { return parse(sql).statements.at(0); };
  for (const char* sql :
       {"SET disable_sync_create_index = off", "SET disable_sync_create_index = 0",
        "SET disable_sync_create_index TO 'fal'"}) {
    INFO(sql);
    CHECK(sets_sync_indexes(read(sql)));
    CHECK(allows_sync_indexes(read(sql)));
  }
  for (const char* sql : {"SET disable_sync_create_index = on", "RESET disable_sync_create_index",
                          "SET disable_sync_create_index TO DEFAULT"}) {
    INFO(sql);
    CHECK(sets_sync_indexes(read(sql)));
    CHECK_FALSE(allows_sync_indexes(read(sql)));
  }
  CHECK_FALSE(sets_sync_indexes(read("SHOW disable_sync_create_index")));
  CHECK_FALSE(sets_sync_indexes(read("SET search_path = a")));
  CHECK(told("SET disable_sync_create_index = maybe") ==
        "22023 parameter \"disable_sync_create_index\" requires a Boolean value");
}

TEST_CASE("what a startup packet may ask for") {
  for (const char* parameter : {"user", "database", "application_name", "client_encoding",
                                "DateStyle", "TimeZone", "extra_float_digits", "search_path"}) {
    INFO(parameter);
    CHECK(startup(parameter, "x").empty());
  }
  CHECK(startup("options", "-c search_path=a -csearch_path=b --search-path=c").empty());
  CHECK(startup("options", "-c search_path=a\\ b,statement_timeout=1").empty());
  const auto text = "0A000 setting configuration parameter \"statement_timeout\" not supported";
  for (const char* options :
       {"-c statement_timeout=1", "-cstatement_timeout=1", "--statement-timeout=1",
        " -c  search_path=a -c statement_timeout=1"}) {
    INFO(options);
    CHECK(startup("options", options) == text);
  }
}
