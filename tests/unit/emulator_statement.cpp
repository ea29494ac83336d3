#include <catch2/catch.hpp>

#include "emulator/statement/reader.hpp"
#include "emulator/statement/statement.hpp"

using namespace emulator;
using Names = std::vector<std::string>;

namespace {

Kind kind_of(const std::string& sql) { return parse(sql).statements.at(0).kind; }

}  // namespace

TEST_CASE("how a statement is run") {
  const std::pair<const char*, Kind> cases[] = {
      {"BEGIN", Kind::begin},
      {"START TRANSACTION READ ONLY", Kind::begin},
      {"COMMIT AND CHAIN", Kind::commit},
      {"END", Kind::commit},
      {"ABORT", Kind::rollback},
      {"ROLLBACK TO x", Kind::savepoint},
      {"PREPARE TRANSACTION 'x'", Kind::other},
      {"SELECT 1", Kind::read},
      {"VALUES (1)", Kind::read},
      {"TABLE t", Kind::read},
      {"EXPLAIN UPDATE t SET a = 1", Kind::read},
      {"EXPLAIN ANALYZE UPDATE t SET a = 1", Kind::write},
      {"SELECT * FROM t FOR UPDATE", Kind::lock},
      {"SELECT * FROM (SELECT * FROM t FOR UPDATE) s", Kind::lock},
      {"SELECT set_config('a.b', 'c', false)", Kind::session},
      {"SET a.b = 1", Kind::session},
      {"SHOW a", Kind::session},
      {"DEALLOCATE ALL", Kind::session},
      {"INSERT INTO t DEFAULT VALUES", Kind::write},
      {"WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x", Kind::write},
      {"MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", Kind::write},
      {"SELECT * INTO x FROM t", Kind::ddl},
      {"TRUNCATE t", Kind::ddl},
      {"CREATE TABLE t (a int)", Kind::ddl},
      {"GRANT ALL ON t TO x", Kind::ddl},
      {"COPY t FROM STDIN", Kind::copy},
      {"CALL p()", Kind::other},
      {"DECLARE c CURSOR FOR SELECT 1", Kind::other},
      {"VACUUM", Kind::other},
      {"SELEC 1", Kind::unparsed},
      {"CREATE INDEX ASYNC i ON t (a)", Kind::ddl},
  };
  for (const auto& [sql, kind] : cases) {
    INFO(sql);
    CHECK(std::string(name(kind_of(sql))) == name(kind));
  }
}

TEST_CASE("what a statement names, at any depth") {
  const auto statement =
      parse(
          "INSERT INTO a SELECT f(x) FROM s.b WHERE y IN (SELECT z FROM c JOIN d ON lower(z) = y)")
          .statements.at(0);
  CHECK(statement.tables == Names{"a", "s.b", "c", "d"});
  CHECK(statement.written == Names{"a"});
  CHECK(statement.functions == Names{"f", "lower"});
  CHECK(statement.names("b"));
  CHECK(statement.names("s.b"));
  CHECK_FALSE(statement.names("x"));
  CHECK_FALSE(statement.names(".b"));
}

TEST_CASE("a text is cut into its statements") {
  const auto parsed = parse("SELECT ';' ; -- x;\n UPDATE t SET a = 1;;COMMIT");
  REQUIRE(parsed.statements.size() == 3);
  CHECK(parsed.piece(parsed.statements[0]) == "SELECT ';' ");
  CHECK(parsed.piece(parsed.statements[1]).find("UPDATE t SET a = 1") != std::string::npos);
  CHECK(parsed.piece(parsed.statements[2]) == "COMMIT");
  CHECK(parse("").statements.empty());
  CHECK(parse("-- nothing").statements.empty());
}

TEST_CASE("nothing waits, so what would be done about a wait is blanked") {
  CHECK(parse("SELECT * FROM t FOR UPDATE NOWAIT;").text == "SELECT * FROM t FOR UPDATE       ;");
  CHECK(parse("SELECT * FROM t FOR UPDATE SKIP LOCKED").text ==
        "SELECT * FROM t FOR UPDATE            ");
  CHECK(parse("SELECT 'NOWAIT' FROM t FOR UPDATE").text == "SELECT 'NOWAIT' FROM t FOR UPDATE");
  CHECK(parse("SELECT nowait FROM t").text == "SELECT nowait FROM t");
}

TEST_CASE("a text that is too long or too deep is not parsed") {
  CHECK(parse("SELECT '" + std::string(longest_parsed, 'x') + "'").statements.at(0).kind ==
        Kind::unparsed);
  std::string deep = "SELECT ";
  for (int i = 0; i < 40'000; ++i) deep += "1+(";
  CHECK(parse(deep).statements.at(0).kind == Kind::unparsed);
}

TEST_CASE("a text is parsed once, and a full cache forgets the older ones") {
  Reader reader(64 * 1024);
  const auto first = reader.read("SELECT 1");
  CHECK(reader.read("SELECT 1") == first);
  for (int i = 0; i < 200; ++i) reader.read("SELECT " + std::to_string(i + 10));
  CHECK(reader.read("SELECT 1") != first);
  CHECK(first->statements.size() == 1);
}

TEST_CASE("ASYNC is blanked and remembered, and what is named async is left alone") {
  const struct {
    const char* sql;
    const char* text;
    std::vector<bool> async;
  } cases[] = {
      {"CREATE INDEX ASYNC i ON t (a)", "CREATE INDEX       i ON t (a)", {true}},
      {"create unique index async if not exists i on t (a)",
       "create unique index       if not exists i on t (a)",
       {true}},
      {"CREATE INDEX ASYNC ON t (a)", "CREATE INDEX       ON t (a)", {true}},
      {"CREATE INDEX /* x */ ASYNC i ON t (a)", "CREATE INDEX /* x */       i ON t (a)", {true}},
      {"CREATE INDEX \"async\" ON t (a)", "CREATE INDEX \"async\" ON t (a)", {false}},
      {"ALTER TABLE ASYNC t VALIDATE CONSTRAINT c",
       "ALTER TABLE       t VALIDATE CONSTRAINT c",
       {true}},
      {"ALTER TABLE async VALIDATE CONSTRAINT c",
       "ALTER TABLE async VALIDATE CONSTRAINT c",
       {false}},
      {"ALTER TABLE async ADD a int", "ALTER TABLE async ADD a int", {false}},
      {"BEGIN; CREATE INDEX ASYNC i ON t (a); COMMIT",
       "BEGIN; CREATE INDEX       i ON t (a); COMMIT",
       {false, true, false}},
      {"SELECT async FROM t", "SELECT async FROM t", {false}},
      {"SELECT 'CREATE INDEX ASYNC'", "SELECT 'CREATE INDEX ASYNC'", {false}},
  };
  for (const auto& [sql, text, async] : cases) {
    INFO(sql);
    const auto parsed = parse(sql);
    CHECK(parsed.text == text);
    REQUIRE(parsed.statements.size() == async.size());
    for (std::size_t i = 0; i < async.size(); ++i) CHECK(parsed.statements[i].async == async[i]);
  }
}

TEST_CASE("a text that is wrong with and without ASYNC goes on as DSQL reads it") {
  // facts/dsql.md §3.3: the error there is `syntax error at or near "."`.
  const auto parsed = parse("CREATE INDEX ASYNC s.i ON t (a)");
  CHECK(parsed.text == "CREATE INDEX       s.i ON t (a)");
  CHECK(parsed.statements.at(0).kind == Kind::unparsed);
}

TEST_CASE("what an index is defined as") {
  const auto parsed = parse(
      "CREATE UNIQUE INDEX ASYNC IF NOT EXISTS i ON s.t (a, lower(b) NULLS FIRST, c DESC, d "
      "text_ops) "
      "INCLUDE (e) NULLS NOT DISTINCT WHERE f > 1");
  const auto* index = parsed.statements.at(0).index();
  REQUIRE(index != nullptr);
  CHECK(index->name == "i");
  CHECK(index->table == "s.t");
  CHECK(index->unique);
  CHECK(index->if_not_exists);
  CHECK(index->nulls_not_distinct);
  CHECK(index->predicate);
  CHECK_FALSE(index->method);
  REQUIRE(index->parts.size() == 4);
  CHECK(index->parts[0].column == "a");
  CHECK(index->parts[1].column.empty());
  CHECK_FALSE(index->parts[1].sorted);
  CHECK(index->parts[2].sorted);
  CHECK(index->parts[3].opclass);
  REQUIRE(index->included.size() == 1);
  CHECK(index->included[0].column == "e");
  CHECK(parse("CREATE INDEX i ON t USING btree (a)").statements.at(0).index()->method);
  CHECK_FALSE(parse("CREATE INDEX i ON t (a) WHERE EXISTS (SELECT FROM u JOIN v USING (a))")
                  .statements.at(0)
                  .index()
                  ->method);
  CHECK(parse("SELECT 1").statements.at(0).index() == nullptr);
}

TEST_CASE("what a table is defined as") {
  const auto parsed = parse(
      "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (CACHE 70000000000) PRIMARY KEY, "
      "n varchar(10)[] COLLATE \"C\", s public.mood, p int REFERENCES u DEFERRABLE, UNIQUE (n, s), "
      "UNIQUE (n) INITIALLY DEFERRED, FOREIGN KEY (n) REFERENCES u)");
  const auto& table = *parsed.statements.at(0).definition;
  CHECK(table.names == Names{"t"});
  REQUIRE(table.columns.size() == 4);
  CHECK(table.columns[0].type.name == "int8");
  CHECK(table.columns[0].constraints.at(0).cache == 70000000000);
  CHECK(table.columns[0].constraints.at(1).columns == Names{"id"});
  CHECK(table.columns[1].type.name == "varchar");
  CHECK(table.columns[1].type.array);
  CHECK(table.columns[1].type.modifier == 10);
  CHECK(table.columns[1].collated);
  CHECK(table.columns[2].type.name == "public.mood");
  CHECK(table.columns[3].constraints.at(0).deferrable);
  REQUIRE(table.constraints.size() == 3);
  CHECK(table.constraints[0].columns == Names{"n", "s"});
  CHECK_FALSE(table.constraints[0].deferrable);
  CHECK(table.constraints[1].deferrable);
  CHECK(table.constraints[2].kind == ConstraintKind::foreign_key);
}

TEST_CASE("what counts as DDL, and the tables it touches") {
  const std::pair<const char*, Names> cases[] = {
      {"DROP TABLE a, s.b", {"a", "s.b"}},
      {"ALTER TABLE a RENAME TO b", {"a"}},
      {"ALTER TABLE a ADD c int", {"a"}},
      {"COMMENT ON TABLE a IS 'x'", {"a"}},
      {"GRANT SELECT ON a TO x", {"a"}},
      {"CREATE VIEW v AS SELECT * FROM a", {"v", "a"}},
      {"CREATE INDEX ASYNC ON a (b)", {"a"}},
      {"DROP INDEX i", {}},
      {"CREATE ROLE r", {}},
      {"GRANT a TO b", {}},
  };
  for (const auto& [sql, tables] : cases) {
    INFO(sql);
    const auto statement = parse(sql).statements.at(0);
    CHECK(statement.defines);
    CHECK(statement.tables == tables);
  }
  for (const char* sql :
       {"SELECT 1", "INSERT INTO t VALUES (1)", "ANALYZE t", "SET a.b = 1", "CALL p()",
        "COPY t FROM STDIN", "BEGIN", "SET CONSTRAINTS ALL DEFERRED"}) {
    INFO(sql);
    CHECK_FALSE(parse(sql).statements.at(0).defines);
  }
}

TEST_CASE("the longest constant of each statement, as written") {
  const auto parsed =
      parse("INSERT INTO t VALUES ('abc', 12, 'a'); SELECT 1; SELECT a -- 'long'\n");
  REQUIRE(parsed.statements.size() == 3);
  CHECK(parsed.statements[0].longest_constant == 5);
  CHECK(parsed.statements[1].longest_constant == 1);
  CHECK(parsed.statements[2].longest_constant == 0);
}

TEST_CASE("what SET sets, and what set_config() names") {
  const auto read = [](const char* sql) { return parse(sql).statements.at(0); };
  CHECK(read("SET disable_sync_create_index = off").value == "off");
  CHECK(read("SET a = 0").value == "0");
  CHECK(read("SET a TO DEFAULT").value.empty());
  CHECK(read("SET a TO DEFAULT").sets);
  CHECK(read("RESET a").resets);
  CHECK(read("RESET ALL").parameter.empty());
  CHECK(read("SHOW a").parameter == "a");
  CHECK(read("SELECT set_config('a'::text, $1, false), pg_catalog.set_config('b', 'c', true)")
            .configured == Names{"a", "b"});
}
