// Locking reads: which lose their clause and are remembered by row, which keep it, and what the
// relay sends for them.
#include "tests/support/row_access.hpp"

#include <catch2/catch.hpp>

namespace occam::rewriter {
namespace {

using test::access_of;
using test::rewrite;
using test::rules;

TEST_CASE("row access: a read by version loses its lock") {
  const auto done =
      rewrite("SELECT version, note FROM app.runs WHERE shard = $1 AND run = $2 FOR UPDATE");
  CHECK(done->text ==
        "SELECT version, note FROM app.runs WHERE shard = $1 AND run = encode($2,'hex')");
  CHECK_FALSE(done->statements.front().locks);
  const auto change = done->changes.front();
  CHECK(change.rule == "version_check");
  CHECK_FALSE(change.weakens);
  REQUIRE(done->rows);
  CHECK(done->rows->rows.front().lock ==
        "SELECT 1 FROM app.runs WHERE shard = $1 AND run = encode($2,'hex') FOR UPDATE");
  CHECK(done->rows->rows.front().check.empty());
}

TEST_CASE("row access: on plain PostgreSQL a row is locked only at its version") {
  auto options = rules();
  options.server = Server::postgresql;
  const auto done =
      rewrite("SELECT version FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE", options);
  CHECK(done->text == "SELECT version FROM runs WHERE shard = $1 AND run = $2");
  REQUIRE(done->rows);
  CHECK(done->rows->rows.front().lock ==
        "SELECT 1 FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE");
  CHECK(
      done->rows->rows.front().check ==
      "SELECT 1 / count(*) FROM (SELECT 1 FROM runs WHERE shard = $1 AND run = $2 AND \"version\" "
      "= $3 FOR UPDATE) AS locked");
}

TEST_CASE("row access: which reads lose their lock, and by what their rows are known") {
  for (const auto& [text, access] : {
           std::pair{"SELECT version FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE",
                     "read runs($1, $2) version #0"},
           {"SELECT r.note, r.version AS v FROM runs AS r WHERE ($2 = r.run AND 7 = r.shard) AND "
            "note > 'a' FOR NO KEY UPDATE",
            "read runs('7', $2) version #1"},
           {"SELECT version FROM runs WHERE shard = '7' AND run = '\\x0a'::bytea FOR UPDATE",
            "read runs('7', '\\x0a') version #0"},
           {"SELECT version FROM runs WHERE shard = 99999999999 AND run = $1::bytea FOR UPDATE",
            "read runs('99999999999', $1) version #0"},
       }) {
    CAPTURE(text);
    CHECK(access_of(text) == access);
  }
}

TEST_CASE("row access: ranges lose their lock where the dialect does not take it") {
  for (const auto& [text, access] : {
           std::pair{"SELECT version, run FROM runs WHERE shard = 0 ORDER BY run FOR SHARE",
                     "read runs('0', #1) version #0"},
           {"SELECT version, run AS shard, shard AS run FROM runs WHERE note = 'x' FOR UPDATE OF "
            "runs",
            "read runs(#2, #1) version #0"},
       }) {
    CAPTURE(text);
    auto options = rules();
    CHECK(access_of(text, options).empty());
    options.dialect = Dialect::dsql_2025;
    CHECK(access_of(text, options) == access);
  }
}

TEST_CASE("row access: reads that keep their lock, and are no account of a row") {
  for (const auto* text : {
           // The key would not have its column's type.
           "SELECT $1::int, version FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE",
           "SELECT version FROM runs WHERE $1 > 0 AND shard = $1 AND run = $2 FOR UPDATE",
           "SELECT version FROM runs AS r(run, shard) WHERE shard = $1 AND run = $2 FOR UPDATE",
           "SELECT note FROM runs WHERE shard = $1 AND run > $2 FOR UPDATE",
           "SELECT version + 0 AS version, shard, run FROM runs FOR UPDATE",
           "SELECT version, run || '' AS run FROM runs WHERE shard = $1 FOR UPDATE",
           "SELECT version FROM runs WHERE shard = $1 OR run = $2 FOR UPDATE",
           "SELECT version FROM runs WHERE shard = -1 AND run = $2 FOR UPDATE",
           "SELECT version FROM runs WHERE shard = 1.5 AND run = $2 FOR UPDATE",
           "SELECT version FROM runs WHERE shard = $1::bigint AND run = $2 FOR UPDATE",
           "SELECT version FROM runs WHERE shard = E'7' AND run = $2 FOR UPDATE",
           "SELECT version FROM runs WHERE shard >= $1 AND run = $2 FOR UPDATE",
           "SELECT version FROM runs WHERE shard = NULL AND run = $2 FOR UPDATE",
           "SELECT version FROM runs WHERE shard OPERATOR(pg_catalog.=) $1 AND run = $2 FOR UPDATE",
           "SELECT other.version, shard, run FROM runs, other FOR UPDATE",
           "SELECT version FROM runs AS r WHERE r.shard = $1 AND runs.run = $2 FOR UPDATE",
           "SELECT *, version, shard, run FROM runs WHERE note = $1 FOR UPDATE",
           "SELECT version, shard, run FROM runs LIMIT 1 FOR UPDATE",
           "SELECT version, shard, run FROM ONLY runs FOR UPDATE",
           "WITH runs AS (SELECT 1 AS version, 2 AS shard, 3 AS run) SELECT version, shard, run "
           "FROM "
           "runs FOR UPDATE",
           "SELECT version, shard, run FROM (SELECT * FROM runs) AS runs FOR UPDATE",
           "SELECT version FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE NOWAIT",
           "SELECT version FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE SKIP LOCKED",
           "SELECT version FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE; SELECT 1",
           "EXPLAIN SELECT version FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE",
           // The server has an error to tell.
           "SELECT version FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE OF runs, others",
           "SELECT version FROM app.runs WHERE shard = $1 AND run = $2 FOR UPDATE OF app.runs",
       }) {
    CAPTURE(text);
    auto options = rules();
    options.server = Server::postgresql;  // binary keys would refuse some
    const auto done = rewrite(text, options);
    CHECK_FALSE(done->rows);
    CHECK(done->text == text);
  }
}

TEST_CASE("row access: FOR KEY SHARE of a table whose FOR UPDATE is left out") {
  CHECK(access_of("SELECT version FROM runs WHERE shard = $1 AND run = $2 FOR KEY SHARE") ==
        "read runs($1, $2) version #0");
  CHECK(rewrite("SELECT note FROM runs WHERE shard = $1 FOR KEY SHARE")->text ==
        "SELECT note FROM runs WHERE shard = $1 FOR UPDATE");
}

TEST_CASE("row access: a lock that share: drop leaves out is no account of a row") {
  auto options = rules();
  options.rules.tables["runs"].share = ShareRule::drop;
  const auto done =
      rewrite("SELECT version FROM runs WHERE shard = $1 AND run = $2 FOR SHARE", options);
  CHECK(done->text == "SELECT version FROM runs WHERE shard = $1 AND run = encode($2,'hex')");
  CHECK(done->changes.front().weakens);
  CHECK_FALSE(done->rows);
}

TEST_CASE("row access: a lock that is kept, on one row") {
  for (const auto& [text, access] : {
           std::pair{"SELECT range FROM shards WHERE shard = $1 FOR UPDATE",
                     "locked shards($1) version #0"},
           {"SELECT range FROM shards WHERE shard = $1 FOR SHARE", "locked shards($1) version #0"},
           {"SELECT note FROM notes WHERE id = 7 FOR UPDATE OF notes", "locked notes('7')"},
           {"SELECT note FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE",
            "locked runs($1, $2)"},
           // What these lock cannot be told.
           {"SELECT note FROM notes WHERE id = $1 AND note = 'x' FOR UPDATE", ""},
           {"SELECT note FROM notes WHERE id = $1 LIMIT 0 FOR UPDATE", ""},
           {"SELECT note FROM notes WHERE id = $1 FOR UPDATE SKIP LOCKED", ""},
           {"SELECT note FROM notes WHERE id = $1 FOR KEY SHARE", ""},
           {"SELECT note, id FROM notes FOR UPDATE", ""},
       }) {
    CAPTURE(text);
    CHECK(access_of(text) == access);
  }
}

TEST_CASE("row access: where FOR KEY SHARE is in use, FOR SHARE locks nothing for an update") {
  auto options = rules();
  options.key_share_proven = true;
  CHECK(access_of("SELECT range FROM shards WHERE shard = $1 FOR SHARE", options).empty());
  CHECK(access_of("SELECT range FROM shards WHERE shard = $1 FOR UPDATE", options) ==
        "locked shards($1) version #0");
}

RewriterOptions of_2025() {
  auto options = rules();
  options.dialect = Dialect::dsql_2025;
  TableRule& heads = options.rules.tables["heads"];
  heads.key = {"shard", "name"};
  options.rules.tables["queue"].update = UpdateRule::primary_key;
  options.rules.tables["queue"].key = {"kind", "id"};
  return options;
}

TEST_CASE("row access: what the dialect 2025 does not lock is locked by key, row by row") {
  const auto done = rewrite(
      "SELECT h.note, h.run FROM heads h INNER JOIN runs r ON r.shard = h.shard AND r.run = h.run "
      "WHERE h.shard = $1 AND h.name = $2 FOR UPDATE",
      of_2025());
  CHECK(done->text.find("FOR UPDATE") == std::string::npos);
  CHECK(done->changes.front().rule == "locked_by_key");
  CHECK_FALSE(done->changes.front().weakens);
  REQUIRE(done->rows);
  REQUIRE(done->rows->rows.size() == 2);
  CHECK(done->rows->rows[1].lock ==
        "SELECT 1 FROM runs WHERE shard = $1 AND run = encode($2,'hex') FOR UPDATE");
  for (
      const auto& [text, access] : {
          std::pair{"SELECT h.note, r.run AS x FROM heads h JOIN runs r ON r.shard = h.shard AND "
                    "h.run = r.run WHERE $1 = h.shard AND h.name = 'n' FOR UPDATE",
                    "read heads($1, 'n') runs($1, #1)"},
          // The chain may go the other way, and through WHERE.
          {"SELECT h.run FROM heads h, runs r WHERE r.shard = $1 AND r.shard = h.shard AND h.name "
           "= "
           "$2 AND r.run = h.run FOR SHARE",
           "read heads($1, $2) runs($1, #0)"},
          {"SELECT h.name, r.version FROM heads h, runs r WHERE h.shard = r.shard AND h.shard = $1 "
           "AND r.run = $2 FOR UPDATE OF h",
           "read heads($1, #0)"},
          {"SELECT h.name, r.version FROM heads h, runs r WHERE h.shard = r.shard AND h.shard = $1 "
           "AND r.run = $2 FOR UPDATE OF r",
           "read runs($1, $2) version #1"},
          // A range: any number of rows.
          {"SELECT name, shard FROM heads WHERE shard >= $1 AND name IN (SELECT name FROM names) "
           "FOR UPDATE",
           "read heads(#1, #0)"},
          {"SELECT id FROM queue WHERE kind = $1 AND id >= (SELECT max(id) FROM queue) FOR UPDATE",
           "read queue($1, #0)"},
          // One table by its whole key: the dialect takes it.
          {"SELECT note FROM heads WHERE shard = $1 AND name = $2 FOR KEY SHARE",
           "locked heads($1, $2)"},
          {"SELECT version FROM runs WHERE shard = $1 AND run = $2 FOR UPDATE",
           "read runs($1, $2) version #0"},
      }) {
    CAPTURE(text);
    CHECK(access_of(text, of_2025()) == access);
  }
}

TEST_CASE("row access: on the dialect 2025 a lock on the next key's place is cut") {
  for (const std::string text : {"SELECT id FROM queue WHERE id >= (SELECT max(id) FROM queue)",
                                 "SELECT id FROM queue ORDER BY id DESC LIMIT 1"}) {
    CAPTURE(text);
    const auto done = rewrite(text + " FOR UPDATE", of_2025());
    CHECK(done->text == text);
    CHECK_FALSE(done->rows);
    CHECK(done->changes.front().rule == "primary_key");
    CHECK_FALSE(done->changes.front().weakens);
  }
  // By the whole key it is kept; and elsewhere always.
  const std::string whole = "SELECT id FROM queue WHERE kind = $1 AND id = $2 FOR UPDATE";
  CHECK(rewrite(whole, of_2025())->text == whole);
  auto options = of_2025();
  options.dialect = Dialect::current;
  const std::string range = "SELECT id FROM queue WHERE id >= $1 FOR UPDATE";
  CHECK(rewrite(range, options)->text == range);
}

TEST_CASE("row access: on the dialect 2025 the server judges what cannot be locked by key") {
  for (
      const auto* text : {
          "SELECT r.run FROM heads h LEFT JOIN runs r ON r.shard = h.shard WHERE h.shard = $1 AND "
          "h.name = $2 FOR UPDATE OF h",
          "SELECT h.note FROM heads h, runs r WHERE r.run = h.run AND h.shard = $1 AND h.name = $2 "
          "FOR UPDATE",
          "SELECT h.name FROM heads h, runs r WHERE h.shard = $1 AND r.shard = $1 AND run = $2 FOR "
          "UPDATE",
          "SELECT h.name || 'x' AS name FROM heads h WHERE h.shard = $1 FOR UPDATE",
          "SELECT h.name FROM heads h WHERE h.shard = $1 OR h.shard = $2 FOR UPDATE",
          "SELECT name, generate_series(1, 0) FROM heads WHERE shard = $1 FOR UPDATE",
          "SELECT name FROM heads WHERE shard = $1 LIMIT 1 FOR UPDATE",
          "SELECT name FROM heads WHERE shard = $1 FOR UPDATE SKIP LOCKED",
          "SELECT o.id, o.name FROM others o WHERE o.shard = $1 FOR UPDATE",
          "SELECT h.name, o.id FROM heads h, others o WHERE h.shard = $1 FOR UPDATE",
          "SELECT a.name FROM heads a NATURAL JOIN heads b WHERE a.shard = $1 FOR UPDATE",
      }) {
    CAPTURE(text);
    const auto done = rewrite(text, of_2025());
    CHECK_FALSE(done->rows);
    CHECK((done->refusal || done->text.find("FOR UPDATE") != std::string::npos));
  }
  // READ COMMITTED has no one snapshot.
  auto options = of_2025();
  options.server = Server::postgresql;
  CHECK(access_of("SELECT name, shard FROM heads FOR UPDATE", options).empty());
}

}  // namespace
}  // namespace occam::rewriter
