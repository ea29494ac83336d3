// What each statement is taken for. The relay trusts `read`, so what stands under it is short and
// what is kept out of it is long.
#include "rewriter/statement.hpp"

#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rewriter/rewriter.hpp"

#include "tests/support/read_statements.hpp"

namespace occam::rewriter {
namespace {

void all_are(StatementKind kind, const std::vector<const char*>& texts) {
  for (const char* sql : texts) {
    INFO(sql);
    CHECK(std::string(name(only_statement(sql).kind)) == name(kind));
  }
}

}  // namespace

TEST_CASE("transactions") {
  all_are(StatementKind::begin, {"BEGIN", "begin isolation level repeatable read",
                                 "START TRANSACTION READ ONLY", "BEGIN WORK"});
  all_are(StatementKind::commit, {"COMMIT", "END", "COMMIT AND CHAIN", "END TRANSACTION"});
  all_are(StatementKind::rollback, {"ROLLBACK", "ABORT", "ROLLBACK AND CHAIN"});
  all_are(StatementKind::savepoint, {"SAVEPOINT a", "RELEASE a", "ROLLBACK TO a"});
  all_are(StatementKind::prepared_transaction,
          {"PREPARE TRANSACTION 'x'", "COMMIT PREPARED 'x'", "ROLLBACK PREPARED 'x'"});
}

TEST_CASE("what commits by itself is never run again") {
  all_are(
      StatementKind::maintenance,
      {"CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "DROP INDEX CONCURRENTLY i",
       "REINDEX TABLE CONCURRENTLY t", "REINDEX (CONCURRENTLY) INDEX i", "REINDEX SCHEMA s",
       "REINDEX DATABASE d", "CREATE DATABASE d", "DROP DATABASE d",
       "CREATE TABLESPACE s LOCATION '/x'", "DROP TABLESPACE s",
       "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
       "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", "DROP SUBSCRIPTION s", "VACUUM t"});
}

TEST_CASE("proven to read only") {
  all_are(StatementKind::read,
          {"SELECT 1",
           "VALUES (1), (2)",
           "TABLE t",
           "SHOW search_path",
           "SHOW ALL",
           "SELECT count(*), max(a.x), lower(b) FROM t a JOIN u USING (id) WHERE a.x = $1",
           "SELECT * FROM (SELECT 1) s, LATERAL (SELECT 2) r WHERE EXISTS (SELECT 3)",
           "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT * FROM r",
           "SELECT a, row_number() OVER (PARTITION BY b ORDER BY c) FROM t GROUP BY ROLLUP (a, b)",
           "SELECT CASE WHEN a IS NULL THEN ARRAY[1] ELSE b::int[] END FROM t ORDER BY 1 LIMIT 2",
           "SELECT now(), current_timestamp, coalesce(a, b), greatest(a, b), a[1:2], (b).c FROM t",
           "SELECT pg_catalog.version()",
           "SELECT a OPERATOR(pg_catalog.+) b FROM t",
           "SELECT trim(a), position('x' in a), extract(year from b), a AT TIME ZONE 'UTC' FROM t",
           "SELECT * FROM t WHERE (a, b) > ($1, $2) AND c BETWEEN 1 AND 2 AND d IN ($3, $4)",
           "SELECT * FROM t WHERE a = ANY (ARRAY(SELECT b FROM u)) AND c LIKE 'x%' ESCAPE '!'",
           "EXPLAIN SELECT 1",
           "EXPLAIN (ANALYZE off, COSTS) INSERT INTO t VALUES (1)",
           "EXPLAIN (ANALYZE 0) DELETE FROM t",
           "EXPLAIN (ANALYZE false) UPDATE t SET a = 1",
           "EXPLAIN ANALYZE SELECT 1"});
}

TEST_CASE("not proven to read only") {
  all_are(StatementKind::write, {"INSERT INTO t VALUES (1)",
                                 "INSERT INTO t DEFAULT VALUES RETURNING id",
                                 "UPDATE t SET a = 1",
                                 "DELETE FROM t",
                                 "TRUNCATE t",
                                 "MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE",
                                 "SELECT 1 FROM t FOR UPDATE",
                                 "SELECT 1 FROM t FOR KEY SHARE",
                                 "SELECT * FROM (SELECT 1 FROM t FOR UPDATE) s",
                                 "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
                                 "SELECT nextval('s')",
                                 "SELECT setval('s', 1)",
                                 "SELECT my_function(1)",
                                 "SELECT mine.lower('x')",
                                 "SELECT * FROM my_function(1)",
                                 "SELECT pg_sleep(1)",
                                 "SELECT * FROM t WHERE id = my_function(1)",
                                 "SELECT pg_notify('a', 'b')",
                                 "SELECT lo_create(1)",
                                 "SELECT txid_current()",
                                 "SELECT a OPERATOR(mine.+) b FROM t",
                                 "SELECT * FROM t ORDER BY a USING OPERATOR(mine.<)",
                                 "SELECT a OPERATOR(mine.=) ANY (SELECT 1) FROM t",
                                 "SELECT * FROM t TABLESAMPLE system (1)",
                                 "SELECT XMLELEMENT(NAME a)",
                                 "EXPLAIN ANALYZE DELETE FROM t",
                                 "EXPLAIN (ANALYZE) INSERT INTO t VALUES (1)",
                                 "EXPLAIN (ANALYZE 1) UPDATE t SET a = 1",
                                 "EXPLAIN (ANALYZE on) DELETE FROM t",
                                 "EXPLAIN SELECT my_function(1)",
                                 "EXPLAIN ANALYZE SELECT nextval('s')",
                                 "SELECT set_config('a', 'b', true), nextval('s')"});
}

TEST_CASE("the catalogue") {
  all_are(StatementKind::ddl, {"CREATE TABLE t (a int)",
                               "CREATE TABLE t AS SELECT 1",
                               "SELECT 1 INTO t",
                               "ALTER TABLE t ADD b int",
                               "DROP TABLE t",
                               "CREATE INDEX i ON t (a)",
                               "CREATE UNIQUE INDEX i ON t (a)",
                               "CREATE VIEW v AS SELECT 1",
                               "CREATE SCHEMA s",
                               "CREATE SEQUENCE s",
                               "GRANT SELECT ON t TO r",
                               "REVOKE SELECT ON t FROM r",
                               "GRANT a TO b",
                               "COMMENT ON TABLE t IS 'x'",
                               "REINDEX TABLE t",
                               "CREATE ROLE r",
                               "DROP ROLE r",
                               "ALTER ROLE r SET a = 1",
                               "CREATE TYPE e AS ENUM ('a')",
                               "CREATE TYPE c AS (a int)",
                               "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                               "CREATE EXTENSION e",
                               "ALTER TABLE t RENAME TO u",
                               "REFRESH MATERIALIZED VIEW v",
                               "DROP OWNED BY r",
                               "REASSIGN OWNED BY a TO b",
                               "SECURITY LABEL ON TABLE t IS 'x'",
                               "CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING",
                               "CREATE AGGREGATE a (int) (x = y)",
                               "IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c",
                               "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO r"});
}

TEST_CASE("the session") {
  all_are(StatementKind::set,
          {"SET a = 1", "SET LOCAL a = 1", "SET SESSION a TO b", "RESET a", "RESET ALL",
           "SET TIME ZONE 'UTC'", "SET TRANSACTION READ ONLY", "SET ROLE r",
           "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SET CONSTRAINTS ALL DEFERRED",
           "SELECT set_config('a', 'b', false)", "SELECT pg_catalog.set_config('a', $1, true)"});
  all_are(StatementKind::deallocate, {"DEALLOCATE a", "DEALLOCATE PREPARE \"B c\""});
  all_are(StatementKind::deallocate_all, {"DEALLOCATE ALL", "DEALLOCATE PREPARE ALL"});
  all_are(StatementKind::discard, {"DISCARD ALL", "DISCARD PLANS", "DISCARD TEMP"});
  all_are(StatementKind::sql_prepare, {"PREPARE a AS SELECT 1", "PREPARE a (int) AS SELECT $1"});
  all_are(StatementKind::sql_execute, {"EXECUTE a", "EXECUTE a (1)", "EXPLAIN ANALYZE EXECUTE a"});
  all_are(StatementKind::cursor,
          {"DECLARE c CURSOR FOR SELECT 1", "FETCH ALL c", "MOVE c", "CLOSE c", "CLOSE ALL"});
  all_are(StatementKind::copy, {"COPY t FROM STDIN", "COPY (SELECT 1) TO STDOUT"});
  all_are(StatementKind::procedure, {"CALL p()", "DO 'BEGIN END'"});
  all_are(StatementKind::listen, {"LISTEN a", "UNLISTEN *", "NOTIFY a, 'b'"});
  all_are(StatementKind::maintenance,
          {"VACUUM", "VACUUM FULL t", "ANALYZE t", "CHECKPOINT", "CLUSTER t", "LOAD 'x'"});
  all_are(StatementKind::unknown, {"ALTER SYSTEM SET a = 1"});
}

TEST_CASE("what stays on the connection") {
  for (const char* sql :
       {"SET a = 1", "SET ROLE r", "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SELECT set_config('a', 'b', false)", "SELECT set_config('a', 'b', $1)", "LISTEN a",
        "PREPARE a AS SELECT 1", "CREATE TEMP TABLE t (a int)", "SELECT 1 INTO TEMP t",
        "CREATE TABLE pg_temp.t (a int)", "DECLARE c CURSOR WITH HOLD FOR SELECT 1", "LOAD 'x'",
        "UPDATE t SET a = set_config('a', 'b', false)", "SELECT pg_advisory_lock(1)",
        "DO 'BEGIN END'"}) {
    INFO(sql);
    CHECK(only_statement(sql).holds_session_state);
  }
  for (const char* sql :
       {"SET LOCAL a = 1", "SET TRANSACTION READ ONLY", "SET CONSTRAINTS ALL DEFERRED", "RESET a",
        "SET a TO DEFAULT", "SET transaction_read_only = on", "SELECT set_config('a', 'b', true)",
        "UNLISTEN a", "NOTIFY a", "CREATE TABLE t (a int)", "DECLARE c CURSOR FOR SELECT 1",
        "SELECT 1", "BEGIN", "DEALLOCATE ALL", "EXECUTE a"}) {
    INFO(sql);
    CHECK_FALSE(only_statement(sql).holds_session_state);
  }
}

TEST_CASE("names of prepared statements") {
  CHECK(only_statement("DEALLOCATE a").name == "a");
  CHECK(only_statement("DEALLOCATE \"B c\"").name == "B c");
  CHECK(only_statement("PREPARE A AS SELECT 1").name == "a");
  CHECK(only_statement("EXECUTE a(1)").name == "a");
  CHECK(only_statement("DEALLOCATE ALL").name.empty());
  CHECK(only_statement("SHOW search_path").name.empty());
}

TEST_CASE("tables as met, without doubles, without WITH queries") {
  using Names = std::vector<std::string>;
  CHECK(only_statement("SELECT * FROM a, s.b JOIN \"C\" ON true, a x").tables ==
        Names{"a", "b", "C"});
  CHECK(only_statement("INSERT INTO a SELECT * FROM b").tables == Names{"a", "b"});
  CHECK(only_statement("WITH a AS (SELECT * FROM a), b AS (SELECT * FROM a) SELECT * FROM b, c")
            .tables == Names{"a", "c"});
  CHECK(only_statement("WITH RECURSIVE a AS (SELECT * FROM a) SELECT * FROM a").tables.empty());
  CHECK(only_statement("WITH a AS (SELECT 1) SELECT * FROM a, s.a").tables == Names{"a"});
  CHECK(only_statement("WITH a AS (SELECT 1) UPDATE a SET x = 1").tables == Names{"a"});
  CHECK(only_statement("SELECT * FROM (WITH a AS (SELECT 1) SELECT 1 FROM a) s, a").tables ==
        Names{"a"});
  CHECK(only_statement("SELECT 1 FROM a FOR UPDATE OF a").tables == Names{"a"});
  CHECK(only_statement("DROP TABLE IF EXISTS s.a, b").tables == Names{"a", "b"});
  CHECK(only_statement("TRUNCATE a, b").tables == Names{"a", "b"});
  CHECK(only_statement("CREATE INDEX i ON a (x)").tables == Names{"a"});
  CHECK(only_statement("COPY a FROM STDIN").tables == Names{"a"});
}

TEST_CASE("every kind has a word of its own") {
  std::set<std::string> words;
  for (int kind = 0; kind <= static_cast<int>(StatementKind::unknown); ++kind) {
    words.insert(name(static_cast<StatementKind>(kind)));
  }
  CHECK(words.size() == static_cast<std::size_t>(StatementKind::unknown) + 1);
}

}  // namespace occam::rewriter
