#include <catch2/catch.hpp>

#include "emulator/reader.hpp"
#include "emulator/statement.hpp"

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
      {"CREATE INDEX ASYNC i ON t (a)", Kind::unparsed},
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
