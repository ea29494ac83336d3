// The client's databases as schemas: each plan by script, the refusals by their code. What becomes
// of each form as SQL is in tests/golden/definitions/databases.sql.
#include <string>

#include <catch2/catch.hpp>

#include "rewriter/rewriter.hpp"

#include "tests/support/plan_script.hpp"

namespace occam::rewriter {
namespace {

const Exchange elsewhere{"FROM pg_catalog.pg_settings", nothing()};
const Exchange dropped{"DROP SCHEMA x CASCADE", done("DROP SCHEMA")};

std::string refused_with(const std::string& sql) {
  Rewriter rewriter({});
  const auto rewrite = rewriter.rewrite(sql);
  CHECK_FALSE(rewrite->plan);
  return rewrite->refusal ? rewrite->refusal->code : "";
}

}  // namespace

TEST_CASE("CREATE DATABASE is told in PostgreSQL's words") {
  completes("CREATE DATABASE x", "CREATE DATABASE", {{"CREATE SCHEMA x", done("CREATE SCHEMA")}});
  fails("CREATE DATABASE x", "42P04", "database \"x\" already exists",
        {{"CREATE SCHEMA x", error("42P06", "schema \"x\" already exists")}});
  fails("CREATE DATABASE pg_x", "42939", "unacceptable schema name \"pg_x\"",
        {{"CREATE SCHEMA pg_x", error("42939", "unacceptable schema name \"pg_x\"")}});
}

TEST_CASE("an eleventh database is refused with what to do") {
  const Order order =
      after("CREATE DATABASE x", {{"CREATE SCHEMA x", error("54000", "more than 10 schemas")}});
  CHECK(order.error.code == "54000");
  CHECK(order.error.message == "more than 10 schemas");
  CHECK(order.error.hint.find("Drop one") != std::string::npos);
}

TEST_CASE("DROP DATABASE is told in PostgreSQL's words") {
  completes("DROP DATABASE x", "DROP DATABASE", {elsewhere, dropped});
  completes("DROP DATABASE IF EXISTS x", "DROP DATABASE",
            {elsewhere, {"DROP SCHEMA IF EXISTS x CASCADE", done("DROP SCHEMA")}});
  fails("DROP DATABASE x", "3D000", "database \"x\" does not exist",
        {elsewhere, {"DROP SCHEMA x CASCADE", error("3F000", "schema \"x\" does not exist")}});
}

TEST_CASE("its own work is no error where the answer was lost") {
  Exchange made{"CREATE SCHEMA x", error("42P06", "schema \"x\" already exists")};
  Exchange gone{"DROP SCHEMA x CASCADE", error("3F000", "schema \"x\" does not exist")};
  made.answer.repeated = gone.answer.repeated = true;
  completes("CREATE DATABASE x", "CREATE DATABASE", {made});
  completes("DROP DATABASE x", "DROP DATABASE", {elsewhere, gone});
}

TEST_CASE("the database that the session is in is not dropped") {
  const Exchange here{R"(reset_val = '"it''s"')", row({"1"})};
  fails("DROP DATABASE \"it's\"", "55006", "cannot drop the currently open database", {here});
  fails("DROP DATABASE IF EXISTS \"it's\"", "55006", "cannot drop the currently open database",
        {here});
  const Exchange quoted{R"(reset_val = E'"a""\\b"')", nothing()};
  completes(R"(DROP DATABASE "a""\b")", "DROP DATABASE",
            {quoted, {R"(DROP SCHEMA "a""\b" CASCADE)", done("DROP SCHEMA")}});
}

TEST_CASE("a server that does not say where the session is drops what it is told to") {
  completes("DROP DATABASE x", "DROP DATABASE",
            {{"FROM pg_catalog.pg_settings", error("42501", "permission denied")}, dropped});
}

TEST_CASE("the server's own databases are there and stay there") {
  for (const char* name : {"postgres", "template0", "template1"}) {
    CHECK(refused_with(std::string("CREATE DATABASE ") + name) == "42P04");
    CHECK(refused_with(std::string("DROP DATABASE ") + name) == "0A000");
  }
  CHECK(refused_with("DROP DATABASE public") == "0A000");
}

TEST_CASE("what a schema cannot keep of a database is refused") {
  for (const char* sql :
       {"ALTER DATABASE x OWNER TO y", "ALTER DATABASE x RENAME TO y", "ALTER DATABASE x SET a = 1",
        "ALTER DATABASE x CONNECTION LIMIT 1", "ALTER DATABASE x RESET ALL",
        "ALTER DATABASE x REFRESH COLLATION VERSION", "GRANT CONNECT ON DATABASE x TO y",
        "REVOKE ALL ON DATABASE x FROM y", "COMMENT ON DATABASE x IS 'a'",
        "CREATE DATABASE x ENCODING 'LATIN1'", "CREATE DATABASE x CONNECTION LIMIT 5",
        "CREATE DATABASE x CONNECTION LIMIT 0", "CREATE DATABASE x TEMPLATE y",
        "CREATE DATABASE x LOCALE 'de_DE'"}) {
    INFO(sql);
    CHECK(refused_with(sql) == "0A000");
  }
  for (const char* sql : {"GRANT CONNECT ON DATABASE postgres TO y", "GRANT SELECT ON x TO y",
                          "ALTER TABLE x OWNER TO y", "COMMENT ON TABLE x IS 'a'"}) {
    INFO(sql);
    CHECK(refused_with(sql).empty());
  }
}

}  // namespace occam::rewriter
