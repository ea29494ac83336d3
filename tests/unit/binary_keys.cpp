// Binary keys: what a name means where it stands, what is refused, and that a refusal or a proof
// that fails never lets the text through. What is sent: tests/golden/rewrite/binary_*.sql; that
// it means the same: tests/property/binary_keys_test.py.
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "rewriter/rewriter.hpp"

namespace occam::rewriter {
namespace {

// runs(shard, ns, run, data) with the keys ns and run; bare(run) without its columns listed;
// plain(id, ns) without keys.
RewriterOptions rules() {
  RewriterOptions options;
  TableRule& runs = options.rules.tables["runs"];
  runs.binary_keys = {"ns", "run"};
  runs.columns = {"shard", "ns", "run", "data"};
  options.rules.tables["bare"].binary_keys = {"run"};
  options.rules.tables["plain"].columns = {"id", "ns"};
  return options;
}

std::string sent(const std::string& text) {
  const auto done = Rewriter(rules()).rewrite(text);
  return done->refusal ? "refused: " + done->refusal->message : done->text;
}

std::string refused(const std::string& text) {
  const auto done = Rewriter(rules()).rewrite(text);
  CHECK(done->text == text);
  CHECK_FALSE(done->changed);
  return done->refusal ? done->refusal->message : "passed: " + done->text;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

void check_sent(const Pairs& pairs) {
  for (const auto& [text, expected] : pairs) CHECK(sent(text) == expected);
}

void check_refused(const Pairs& pairs) {
  for (const auto& [text, why] : pairs) {
    INFO(text);
    CHECK_THAT(refused(text), Catch::Contains(why) && !Catch::StartsWith("passed"));
  }
}

}  // namespace

TEST_CASE("a name is a key where PostgreSQL would find the table's column") {
  check_sent({
      {"SELECT r.run FROM runs r, plain p WHERE p.id = 1 AND r.run = $1",
       "SELECT decode(r.run,'hex') AS run FROM runs r, plain p WHERE p.id = 1 AND r.run = "
       "encode($1,'hex')"},
      // an alias hides the table's name, and may be another table's
      {"SELECT runs.ns FROM plain runs", "SELECT runs.ns FROM plain runs"},
      {"SELECT s.runs.ns FROM s.runs", "SELECT decode(s.runs.ns,'hex') AS ns FROM s.runs"},
      {"SELECT ns FROM \"Runs\"", "SELECT ns FROM \"Runs\""},
      {"SELECT ns FROM RUNS", "SELECT decode(ns,'hex') AS ns FROM RUNS"},
      {"SELECT u&\"n\\0073\" FROM runs", "SELECT decode(u&\"n\\0073\",'hex') AS ns FROM runs"},
      {"SELECT run FROM information_schema.runs", "SELECT run FROM information_schema.runs"},
      // a nearer table's column hides the outer query's
      {"SELECT shard FROM runs WHERE EXISTS (SELECT 1 FROM plain WHERE ns = $1)",
       "SELECT shard FROM runs WHERE EXISTS (SELECT 1 FROM plain WHERE ns = $1)"},
      {"SELECT shard FROM runs WHERE EXISTS (SELECT 1 FROM plain WHERE run = $1)",
       "SELECT shard FROM runs WHERE EXISTS (SELECT 1 FROM plain WHERE run = encode($1,'hex'))"},
      {"SELECT shard FROM runs WHERE EXISTS (SELECT 1 FROM (SELECT run FROM runs) q WHERE run = "
       "$1)",
       "SELECT shard FROM runs WHERE EXISTS (SELECT 1 FROM (SELECT decode(run,'hex') AS run FROM "
       "runs) q WHERE run = $1)"},
  });
}

TEST_CASE("a query in FROM sees its neighbours only under LATERAL") {
  check_sent({
      {"SELECT 1 FROM runs, (SELECT ns FROM plain) q",
       "SELECT 1 FROM runs, (SELECT ns FROM plain) q"},
      {"SELECT 1 FROM runs, LATERAL (SELECT run FROM plain) q",
       "SELECT 1 FROM runs, LATERAL (SELECT decode(run,'hex') AS run FROM plain) q"},
      {"SELECT 1 FROM runs, (SELECT run FROM other) q",
       "SELECT 1 FROM runs, (SELECT run FROM other) q"},
      {"SELECT 1 FROM (other JOIN plain ON run = $1), runs",
       "SELECT 1 FROM (other JOIN plain ON run = $1), runs"},
  });
}

TEST_CASE("a WITH query hides a table where it is visible, and no target of a write") {
  check_sent({
      {"WITH runs AS (SELECT 1 AS ns) SELECT ns FROM runs WHERE ns = $1",
       "WITH runs AS (SELECT 1 AS ns) SELECT ns FROM runs WHERE ns = $1"},
      {"WITH runs AS (SELECT 1 AS ns) SELECT ns FROM public.runs",
       "WITH runs AS (SELECT 1 AS ns) SELECT decode(ns,'hex') AS ns FROM public.runs"},
      {"WITH runs AS (SELECT 1 AS ns) DELETE FROM runs WHERE ns = $1",
       "WITH runs AS (SELECT 1 AS ns) DELETE FROM runs WHERE ns = encode($1,'hex')"},
      {"SELECT (WITH runs AS (SELECT 1 AS ns) SELECT ns FROM runs), ns FROM runs",
       "SELECT (WITH runs AS (SELECT 1 AS ns) SELECT ns FROM runs), decode(ns,'hex') AS ns FROM "
       "runs"},
  });
}

TEST_CASE("what cannot be translated is refused") {
  check_refused({
      {"SELECT runs FROM runs", "the whole row of runs"},
      {"SELECT row_to_json(r.*) FROM runs r", "the whole row of runs"},
      {"SELECT (r).ns FROM runs r", "the whole row of runs"},
      {"SELECT count(r) FROM runs r GROUP BY r", "the whole row of runs"},
      {"SELECT ROW(r.*) FROM runs r", "the whole row of runs"},
      {"SELECT 1 FROM runs r, LATERAL f(r)", "the whole row of runs"},
      {"SELECT r.to_json FROM runs r", "does not exist"},
      {"SELECT shard FROM runs WHERE EXISTS (SELECT 1 FROM other WHERE run = $1)",
       "may be of more than one table"},
      {"SELECT * FROM bare", "* over bare"},
      {"SELECT b.* FROM bare b", "* over bare"},
      {"INSERT INTO bare VALUES ($1)", "without a list of columns"},
      {"SELECT * FROM runs JOIN runs r USING (ns)", "* in this place"},
      {"TABLE runs", "* in this place"},
      {"SELECT shard FROM runs NATURAL JOIN plain", "NATURAL JOIN"},
      {"SELECT shard FROM runs JOIN plain USING (ns)", "USING (ns)"},
      {"SELECT j.ns FROM (runs JOIN plain ON true) AS j", "an alias of a join"},
      {"SELECT a FROM runs AS r(a)", "names given to the columns"},
      {"INSERT INTO runs (shard, ns) SELECT * FROM plain", "INSERT of *"},
      {"INSERT INTO runs (shard, ns) SELECT p.*, 'x' FROM plain p", "INSERT of *"},
      {"INSERT INTO runs (ns) SELECT DISTINCT id || 'x' FROM plain", "a key is an expression"},
      {"INSERT INTO runs (ns) VALUES ($1), ($2) LIMIT 1", "with ORDER BY, LIMIT or WITH"},
      {"UPDATE runs SET (ns, run) = (SELECT $1, $2)", "assignment of a row"},
      {"UPDATE runs SET ns[1] = 'x'", "a part of a binary key"},
      {"COPY runs FROM STDIN", "COPY of runs"},
      {"COPY runs (shard) TO STDOUT", "COPY of runs"},
      {"MERGE INTO plain USING runs ON true WHEN MATCHED THEN DELETE", "names runs"},
      {"CREATE RULE r AS ON DELETE TO plain DO INSTEAD DELETE FROM runs", "names runs"},
      {"CREATE FUNCTION f() RETURNS bytea LANGUAGE sql AS 'SELECT ns FROM Runs'", "a body"},
      {"DO $$BEGIN DELETE FROM runs; END$$", "a body that names runs"},
      {"SELECT 1; SELECT runs FROM runs", "the whole row of runs"},
  });
}

TEST_CASE("what cannot be read and may name a table with binary keys never passes") {
  RewriterOptions options = rules();
  options.rules.tables["Upper"].binary_keys = {"run"};
  Rewriter rewriter(options);
  std::string comments;
  for (int i = 0; i < 65; ++i) comments += "/**/";
  for (const char* text :
       {"SELECT ns FROM RuNs", "SELECT run FROM \"Upper\"", "SELECT ns FROM U&\"r\\0075ns\"",
        "SELECT ns FROM u&\"run!0073\" UESCAPE '!'", "SELECT U&\"ns\" FROM other"}) {
    INFO(text);
    const auto done = rewriter.rewrite(comments + text);
    REQUIRE(done->refusal);
    CHECK(done->refusal->code == "42601");
  }
  CHECK_FALSE(rewriter.rewrite(comments + "SELECT ns FROM other WHERE a = U&'x'")->refusal);
}

TEST_CASE("what would have its name or its columns and not their meaning is refused") {
  check_refused({
      {"SELECT (NULL::runs).ns", "the row type of runs"},
      {"SELECT * FROM json_populate_record(NULL::public.runs, $1)", "the row type of runs"},
      {"SELECT CAST($1 AS runs[])", "the row type of runs"},
      {"CREATE TABLE copied (LIKE runs)", "LIKE runs"},
      {"CREATE TABLE copied (id integer, LIKE runs INCLUDING ALL)", "LIKE runs"},
  });
  check_refused({
      {"CREATE VIEW runs AS SELECT 1 AS ns", "a query kept as runs"},
      {"CREATE TABLE s.runs AS SELECT 1 AS ns", "a query kept as runs"},
      {"SELECT 1 AS ns INTO runs", "a query kept as runs"},
      {"SELECT 1 AS ns INTO runs UNION SELECT 2", "a query kept as runs"},
      {"ALTER TABLE other RENAME TO runs", "renamed to what holds binary keys"},
      {"ALTER VIEW other RENAME TO runs", "renamed to what holds binary keys"},
      {"CREATE TABLE runs (shard integer, ns text)", "\"ns\" of table \"runs\" is a binary key"},
      {"CREATE TABLE runs (ns bigserial)", "\"ns\" of table \"runs\" is a binary key"},
      {"ALTER TABLE runs ADD COLUMN ns uuid", "\"ns\" of table \"runs\" is a binary key"},
  });
  CHECK(sent("SELECT 'runs'::regclass") == "SELECT 'runs'::regclass");
}

TEST_CASE("the star of an outer query's item, within LATERAL, stands for its columns") {
  // `other` may have the column `run`, and then it hides the outer query's.
  check_refused({
      {"SELECT 1 FROM runs WHERE EXISTS (SELECT 1 FROM (SELECT x.* FROM other o, LATERAL (SELECT "
       "o.*) x) s WHERE run = $1)",
       "may be of more than one table"},
      {"SELECT 1 FROM runs, plain o WHERE EXISTS (SELECT 1 FROM (SELECT x.* FROM other o JOIN "
       "LATERAL (SELECT o.*) x ON true) s WHERE run = $1)",
       "may be of more than one table"},
  });
  check_sent({
      {"SELECT 1 FROM runs r WHERE EXISTS (SELECT 1 FROM (SELECT r.*) s WHERE ns = $1)",
       "SELECT 1 FROM runs r WHERE EXISTS (SELECT 1 FROM (SELECT r.shard, decode(CASE WHEN false "
       "AND EXISTS (SELECT r.* UNION ALL SELECT NULL, NULL, NULL, NULL) THEN NULL ELSE r.ns "
       "END,'hex') AS ns, decode(r.run,'hex') AS run, r.data) s WHERE ns = $1)"},
  });
}

TEST_CASE("a query whose stars stand for ever more columns costs no memory") {
  std::string text = "WITH c0 AS (SELECT 1 AS x)";
  for (int i = 1; i < 64; ++i) {
    const std::string before = "c" + std::to_string(i - 1);
    text += ", c" + std::to_string(i) + " AS (SELECT * FROM " + before + ", " + before + " z)";
  }
  CHECK(sent(text + " SELECT shard FROM runs") == text + " SELECT shard FROM runs");
  std::string stars = "SELECT *";
  for (int i = 0; i < 20000; ++i) stars += ",*";
  stars += " FROM runs r0";
  for (int i = 1; i < 199; ++i) stars += ", runs r" + std::to_string(i);
  CHECK_THAT(refused(stars), Catch::Contains("would grow by more"));
}

TEST_CASE("ORDER BY of a distinct key that is written to another finds it in the list") {
  check_sent({
      {"INSERT INTO runs (ns, run) SELECT DISTINCT r.ns, r.run FROM runs r ORDER BY r.run, r.ns",
       "INSERT INTO runs (ns, run) SELECT DISTINCT r.ns, r.run FROM runs r ORDER BY r.run, r.ns"},
      {"INSERT INTO runs (ns, data) SELECT DISTINCT r.ns, r.run FROM runs r ORDER BY r.run",
       "INSERT INTO runs (ns, data) SELECT DISTINCT r.ns, decode(r.run,'hex') AS run FROM runs r "
       "ORDER BY decode(r.run,'hex')"},
  });
}

TEST_CASE("what reads and writes no column of theirs passes") {
  for (const char* text :
       {"GRANT SELECT ON runs TO x", "DROP TABLE runs", "ANALYZE runs", "TRUNCATE runs",
        "COMMENT ON TABLE runs IS 'x'", "SELECT count(*) FROM runs WHERE shard = $1",
        "DELETE FROM runs", "SELECT 1 FROM runs WHERE ns IS NOT NULL",
        "SELECT 1 FROM runs a JOIN runs b ON a.run = b.run", "EXECUTE runs('x')",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1 FROM runs_seen'"}) {
    CHECK(sent(text) == text);
  }
}

TEST_CASE("on plain PostgreSQL a key is a column like any other") {
  RewriterOptions options = rules();
  options.server = Server::postgresql;
  const std::string text = "SELECT ns FROM runs WHERE ns = $1";
  CHECK(Rewriter(options).rewrite(text)->text == text);
}

TEST_CASE("a hundred rows have a change for each kind and not for each place") {
  std::string text = "INSERT INTO runs (shard, ns) VALUES ($1, $2)";
  for (int i = 3; i < 203; i += 2) {
    text += ", ($" + std::to_string(i) + ", $" + std::to_string(i + 1) + ")";
  }
  const auto done = Rewriter(rules()).rewrite(text);
  CHECK(done->changed);
  CHECK(done->changes.size() == 17);
  CHECK_THAT(done->text, Catch::Contains("encode($202,'hex')"));
}

}  // namespace occam::rewriter
