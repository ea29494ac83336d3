// What a text is said to do to single rows: reads whose lock is left out, rows that stay locked,
// writes of one row, and the texts that the relay sends for them.
#include "rewriter/row_access.hpp"

#include <catch2/catch.hpp>

#include "rewriter/parse_tree.hpp"
#include "rewriter/rewriter.hpp"

namespace occam::rewriter {
namespace {

using Kind = RowAccess::Kind;

RewriterOptions rules() {
  RewriterOptions options;
  TableRule& runs = options.rules.tables["runs"];
  runs.update = UpdateRule::version_check;
  runs.key = {"shard", "run"};
  runs.version = "version";
  runs.binary_keys = {"run"};
  TableRule& shards = options.rules.tables["shards"];
  shards.share = ShareRule::auto_;
  shards.update = UpdateRule::version_check;
  shards.key = {"shard"};
  shards.version = "range";
  TableRule& notes = options.rules.tables["notes"];
  notes.key = {"id"};
  options.rules.tables["loose"].share = ShareRule::key_share;
  return options;
}

std::shared_ptr<const Rewrite> rewrite(const std::string& text, RewriterOptions options = rules()) {
  Rewriter rewriter(std::move(options));
  return rewriter.rewrite(text);
}

std::string words(const ValueSource& value) {
  if (value.kind == ValueSource::Kind::literal) return "'" + value.literal + "'";
  return (value.kind == ValueSource::Kind::parameter ? "$" : "#") + std::to_string(value.number);
}

// "read runs($1, #0) version #1"; empty: nothing.
std::string access_of(const std::string& text, RewriterOptions options = rules()) {
  const auto done = rewrite(text, std::move(options));
  if (done->refusal) return "refused " + done->refusal->code;
  if (!done->rows) return {};
  const Kind kind = done->rows->kind;
  std::string out = kind == Kind::read ? "read" : kind == Kind::locked ? "locked" : "write";
  for (const RowKey& row : done->rows->rows) {
    out += " " + row.table + "(";
    for (const ValueSource& value : row.key) {
      out += (&value == &row.key.front() ? "" : ", ") + words(value);
    }
    out += ")";
    if (row.version) out += " version " + words(*row.version);
  }
  return out;
}

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
           {"SELECT version, run FROM runs WHERE shard = 0 ORDER BY run FOR SHARE",
            "read runs('0', #1) version #0"},
           {"SELECT version, run AS shard, shard AS run FROM runs WHERE note = 'x' FOR UPDATE OF "
            "runs",
            "read runs(#2, #1) version #0"},
           {"SELECT version FROM runs WHERE shard = '7' AND run = '\\x0a'::bytea FOR UPDATE",
            "read runs('7', '\\x0a') version #0"},
           {"SELECT version FROM runs WHERE shard = 99999999999 AND run = $1::bytea FOR UPDATE",
            "read runs('99999999999', $1) version #0"},
       }) {
    CAPTURE(text);
    CHECK(access_of(text) == access);
  }
}

TEST_CASE("row access: reads that keep their lock, and are no account of a row") {
  for (const auto* text : {
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
       }) {
    CAPTURE(text);
    auto options = rules();
    options.server = Server::postgresql;  // binary keys would refuse some
    const auto done = rewrite(text, options);
    CHECK_FALSE(done->rows);
    CHECK(done->text == text);
  }
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

TEST_CASE("row access: writes of one row") {
  for (const auto& [text, access] : {
           std::pair{"UPDATE notes SET note = $1 WHERE id = $2", "write notes($2)"},
           {"UPDATE public.notes AS n SET note = (SELECT max(x) FROM y WHERE z) WHERE 7 = n.id "
            "RETURNING *",
            "write notes('7')"},
           {"DELETE FROM runs WHERE run = $1 AND (shard = $2)", "write runs($2, $1)"},
           {"DELETE FROM runs WHERE run = $1 AND shard = $2 AND version = $3",
            "write runs($2, $1) version $3"},
           // More than one row, or perhaps none.
           {"UPDATE notes SET note = $1", ""},
           {"UPDATE notes SET note = $1 WHERE id = $2 AND note = 'x'", ""},
           {"UPDATE notes SET note = $1 WHERE id = $2 AND id = 3", ""},
           {"UPDATE notes SET note = $1 WHERE id = $2 OR id = 3", ""},
           {"UPDATE notes SET note = $1 WHERE id > $2", ""},
           {"UPDATE notes SET note = $1 WHERE id = id", ""},
           {"UPDATE notes SET id = $1 WHERE id = $2", ""},
           {"UPDATE notes SET (note, id) = (1, 2) WHERE id = $2", ""},
           {"UPDATE notes SET note = $1 FROM runs WHERE id = $2", ""},
           {"DELETE FROM notes USING runs WHERE id = $2", ""},
           {"WITH w AS (SELECT 1) DELETE FROM notes WHERE id = $2", ""},
           {"DELETE FROM ONLY notes WHERE id = $2", ""},
           {"DELETE FROM notes WHERE id = $1; DELETE FROM notes WHERE id = $2", ""},
           {"DELETE FROM others WHERE id = $1", ""},
           {"INSERT INTO notes (id) VALUES ($1)", ""},
       }) {
    CAPTURE(text);
    CHECK(access_of(text) == access);
  }
}

std::string with_literal(const RowAccess& access, std::string text, const std::string& value) {
  return text.insert(access.literal_at, access.literal_before + value + access.literal_after);
}

TEST_CASE("row access: an update asks for the version that was seen") {
  const auto done = rewrite(
      "UPDATE runs SET note = $4, version = (SELECT 1 WHERE true) where/**/shard = $1 AND run = "
      "$2");
  REQUIRE(done->rows);
  const RowAccess& access = *done->rows;
  CHECK(access.hidden == 5);
  CHECK(
      access.parse_text ==
      "UPDATE runs SET note = $4, version = (SELECT 1 WHERE true) where (\"version\" = $5 OR $5 IS "
      "NULL) AND/**/shard = $1 AND run = encode($2,'hex')");
  CHECK(with_literal(access, done->text, "'8'") ==
        "UPDATE runs SET note = $4, version = (SELECT 1 WHERE true) where \"version\" = '8' "
        "AND/**/shard "
        "= $1 AND run = encode($2,'hex')");
}

TEST_CASE("row access: no hidden parameter where the version is asked for, or no rule wants it") {
  for (const auto* text : {"DELETE FROM runs WHERE run = $1 AND shard = $2 AND version = $3",
                           "UPDATE notes SET note = $1 WHERE id = $2"}) {
    const auto done = rewrite(text);
    REQUIRE(done->rows);
    CHECK(done->rows->parse_text.empty());
    CHECK(done->rows->hidden == 0);
  }
}

TEST_CASE("row access: a version that is a binary key, and names that need quotes") {
  auto options = rules();
  TableRule& odd = options.rules.tables["Odd"];
  odd.update = UpdateRule::version_check;
  odd.key = {"order"};
  odd.version = "mark";
  odd.binary_keys = {"mark"};
  const auto done = rewrite("DELETE FROM \"Odd\" WHERE \"order\" = 1", options);
  REQUIRE(done->rows);
  const RowAccess& access = *done->rows;
  CHECK(access.parse_text ==
        "DELETE FROM \"Odd\" WHERE (mark = encode($1,'hex') OR $1 IS NULL) AND \"order\" = 1");
  CHECK(with_literal(access, done->text, "'\\x00'") ==
        "DELETE FROM \"Odd\" WHERE mark = encode('\\x00','hex') AND \"order\" = 1");
  CHECK(access.rows.front().lock == "SELECT 1 FROM \"Odd\" WHERE \"order\" = $1 FOR UPDATE");
}

TEST_CASE("row access: a write that others may hold FOR KEY SHARE is locked first, or refused") {
  auto options = rules();
  options.key_share_proven = true;
  const auto done = rewrite("UPDATE shards SET range = $1 WHERE shard = $2", options);
  REQUIRE(done->rows);
  CHECK(done->rows->locks_first);
  for (const auto* text : {
           "UPDATE shards SET range = 1",
           "UPDATE shards SET shard = 1 WHERE shard = $1",
           "DELETE FROM shards WHERE shard > 7",
           "UPDATE shards SET range = 1 WHERE shard = 1; SELECT 1",
           "INSERT INTO shards VALUES (1) ON CONFLICT (shard) DO UPDATE SET range = 1",
           "WITH w AS (UPDATE shards SET range = 1 WHERE shard = 1 RETURNING 1) SELECT * FROM w",
           "PREPARE p AS UPDATE shards SET range = 1 WHERE shard = 1",
           "EXPLAIN ANALYZE DELETE FROM shards WHERE shard = 1",
           "MERGE INTO shards USING runs ON true WHEN MATCHED THEN DELETE",
           "DELETE FROM loose WHERE id = 1",
       }) {
    CAPTURE(text);
    options.server = Server::postgresql;
    CHECK(access_of(text, options) == "refused 0A000");
  }
  for (const auto* text : {
           "INSERT INTO shards VALUES (1)",
           "INSERT INTO shards VALUES (1) ON CONFLICT DO NOTHING",
           "SELECT 1 FROM shards WHERE shard > 1 FOR UPDATE",
       }) {
    CAPTURE(text);
    CHECK_FALSE(rewrite(text, options)->refusal);
  }
  const auto loose = rewrite("DELETE FROM loose", options);
  REQUIRE(loose->refusal);
  CHECK(loose->refusal->hint.find("key:") != std::string::npos);
  // Not in use: nothing to guard.
  CHECK_FALSE(rewrite("UPDATE shards SET range = 1")->refusal);
  options.dialect = Dialect::dsql_2025;
  CHECK_FALSE(rewrite("UPDATE shards SET range = 1", options)->refusal);
  const auto old = rewrite("UPDATE shards SET range = 1 WHERE shard = 1", options);
  REQUIRE(old->rows);
  CHECK_FALSE(old->rows->locks_first);
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
