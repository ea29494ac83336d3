#include <catch2/catch.hpp>

#include "emulator/rules/rules.hpp"
#include "emulator/statement/statement.hpp"

using namespace emulator;

namespace {

Circumstances with_key() {
  Circumstances circumstances;
  circumstances.primary_key = [](const std::string& table) {
    return table == "t" ? std::vector<std::string>{"a", "b"} : std::vector<std::string>();
  };
  return circumstances;
}

// The message of the first refusal in the text, empty if there is none.
std::string told(const std::string& sql, Dialect dialect = dialect_current) {
  for (const auto& statement : parse(sql).statements)
    if (const auto refusal = refuse(statement, dialect, with_key())) {
      CHECK(refusal->code == "0A000");
      return refusal->message;
    }
  return {};
}

constexpr auto share = "locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported";

}  // namespace

TEST_CASE("share locks are refused wherever they stand") {
  for (const char* sql :
       {"SELECT * FROM t FOR SHARE", "SELECT * FROM t FOR NO KEY UPDATE",
        "WITH x AS (SELECT * FROM t FOR SHARE) SELECT * FROM x",
        "SELECT * FROM (SELECT * FROM t FOR SHARE) s",
        "SELECT * FROM u WHERE a IN (SELECT a FROM t FOR SHARE)",
        "UPDATE u SET a = 1 FROM (SELECT a FROM t FOR SHARE) s WHERE u.a = s.a",
        "INSERT INTO u SELECT * FROM t FOR SHARE", "SELECT 1 UNION (SELECT a FROM t FOR SHARE)",
        "EXPLAIN SELECT * FROM t FOR SHARE", "SELECT * FROM t FOR KEY SHARE FOR SHARE",
        "SELECT * FROM t JOIN u USING (a) FOR UPDATE OF t FOR SHARE OF u"}) {
    INFO(sql);
    CHECK(told(sql) == share);
  }
}

TEST_CASE("what locks nothing, or is superseded, passes") {
  for (const char* sql :
       {"SELECT 1 FOR SHARE", "SELECT * FROM t FOR SHARE FOR UPDATE", "SELECT * FROM t FOR UPDATE",
        "SELECT * FROM t FOR KEY SHARE", "SELECT * FROM t, u FOR UPDATE OF t SKIP LOCKED",
        "SELECT 'FOR SHARE'", "SELECT a AS share FROM t -- FOR SHARE",
        "SELECT * FROM generate_series(1, 2) FOR SHARE"}) {
    INFO(sql);
    CHECK(told(sql).empty());
  }
}

TEST_CASE("statements and transaction forms that DSQL does not know") {
  CHECK(told("LOCK TABLE t") == "unsupported statement: Lock");
  CHECK(told("SAVEPOINT s") == "unsupported transaction statement: SAVEPOINT");
  CHECK(told("RELEASE s") == "unsupported transaction statement: RELEASE");
  CHECK(told("ROLLBACK TO s") == "unsupported transaction statement: ROLLBACK TO");
  CHECK(told("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ") ==
        "setting configuration parameter \"TRANSACTION\" not supported");
  CHECK(told("BEGIN ISOLATION LEVEL SERIALIZABLE") == "Unsupported isolation level: SERIALIZABLE");
  CHECK(told("START TRANSACTION ISOLATION LEVEL READ COMMITTED") ==
        "Unsupported isolation level: READ COMMITTED");
  CHECK(told("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").empty());
  CHECK(told("SELECT pg_try_advisory_xact_lock(1)") ==
        "function pg_try_advisory_xact_lock not supported");
  CHECK(told("SELECT 1 WHERE pg_catalog.pg_advisory_lock(1) IS NULL") ==
        "function pg_advisory_lock not supported");
  CHECK(told("SET statement_timeout = 1") ==
        "setting configuration parameter \"statement_timeout\" not supported");
  CHECK(told("SET search_path TO a; SET TIME ZONE 'UTC'; SET enable_seqscan = off; RESET ALL; "
             "SHOW lock_timeout; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
            .empty());
}

TEST_CASE("the older dialect locks one table by its whole key") {
  const auto old = [](const char* sql) { return told(sql, dialect_2025); };
  CHECK(old("SELECT * FROM t FOR SHARE") ==
        "locking clauses other than FOR UPDATE are not supported");
  CHECK(old("SELECT * FROM t WHERE a = 1 AND b = 2 FOR KEY SHARE") ==
        "locking clauses other than FOR UPDATE are not supported");
  CHECK(old("SELECT * FROM t JOIN u USING (a) WHERE t.a = 1 FOR UPDATE") ==
        "locking clause such as FOR UPDATE can be applied on a single table");
  for (const char* sql : {"SELECT * FROM t FOR UPDATE", "SELECT * FROM t WHERE a = 1 FOR UPDATE",
                          "SELECT * FROM t WHERE a = 1 AND b > 2 FOR UPDATE",
                          "SELECT * FROM t WHERE a = 1 OR b = 2 FOR UPDATE",
                          "SELECT * FROM t WHERE a = 1 AND b = a FOR UPDATE",
                          "SELECT * FROM u WHERE a = 1 FOR UPDATE"}) {
    INFO(sql);
    CHECK(old(sql) ==
          "locking clause such as FOR UPDATE can be applied only on tables with equality "
          "predicates on the key");
  }
  for (const char* sql :
       {"SELECT * FROM t WHERE a = $1 AND b = 'x' FOR UPDATE",
        "SELECT * FROM t x WHERE 1 = x.b AND x.a = $2::int AND x.c > 1 FOR UPDATE"}) {
    INFO(sql);
    CHECK(old(sql).empty());
  }
}

TEST_CASE("the transient errors are told apart by their markers") {
  CHECK(data_conflict() ==
        Refusal{"OC000", "40001", "change conflicts with another transaction (OC000)"});
  CHECK(catalog_conflict() ==
        Refusal{"OC001", "40001", "schema has been updated by another transaction (OC001)"});
  CHECK(server_unavailable().code == "XX000");
  CHECK(refuse(parse("SELECT 1").statements[0], dialect_current, {}) == std::nullopt);
}
