// The step plans of indexes and constraints.
#include "tests/support/plan_script.hpp"

namespace occam::rewriter {
namespace {

Exchange index(const char* valid, std::optional<std::string> building = std::nullopt) {
  return {"FROM pg_catalog.pg_index i", row({valid, "t", "a", std::move(building)})};
}

const std::string create = "CREATE UNIQUE INDEX i ON t (a)";

}  // namespace

TEST_CASE("an index is built and waited for") {
  completes(create, "CREATE INDEX", {no_index, job, waited});
  // Longer than a transaction may last.
  const Exchange too_old{"CALL", error("54000", "transaction age limit of 300s exceeded")};
  completes(create, "CREATE INDEX", {no_index, job, too_old, too_old, waited});
}

TEST_CASE("an index that is there") {
  fails(create, "42P07", "relation \"i\" already exists", {index("t")});
  completes("CREATE INDEX IF NOT EXISTS i ON t (a)", "CREATE INDEX", {index("t")});
  completes(create, "CREATE INDEX", {index("f", "abc"), waited});  // another run's
  completes(create, "CREATE INDEX", {index("f"), {"DROP INDEX IF EXISTS i", done()}, job, waited});
  fails(create, "42501", "must be owner of index i",
        {index("f"), {"DROP INDEX IF EXISTS i", error("42501", "must be owner of index i")}});
}

TEST_CASE("an index whose answer was lost") {
  const Exchange exists{"CREATE UNIQUE INDEX ASYNC i",
                        error("42P07", "relation \"i\" already exists")};
  completes(create, "CREATE INDEX", {no_index, exists, index("t")});
  completes(create, "CREATE INDEX", {no_index, exists, index("f", "abc"), waited});
  fails(create, "42P07", "relation \"i\" already exists", {no_index, exists, no_index});  // a table
  // Two jobs began, and the second found the first's index.
  completes(create, "CREATE INDEX", {no_index, job, failed, why, index("t")});
}

TEST_CASE("an index that fails leaves nothing behind") {
  const Exchange drop{"DROP INDEX IF EXISTS i", done()};
  fails(create, "23505", "could not create unique index \"i\"",
        {no_index, job, failed, why_duplicates, index("f"), drop});
  fails(create, "XX000", "index \"i\" was not built",
        {no_index, job, failed, why, index("f"), drop});
  fails(create, "23505", "could not create unique index \"i\"",
        {no_index, job, failed, why_duplicates, no_index});
  fails(create, "XX000", "no such job", {no_index, job, {"CALL", error("XX000", "no such job")}});
  fails(create, "XX000", "the server began no job for index \"i\"",
        {no_index, {"ASYNC", done("CREATE INDEX")}, no_index});
  fails(create, "42P01", "relation \"t\" does not exist",
        {{"pg_index", error("42P01", "relation \"t\" does not exist")}});
}

TEST_CASE("a key of bytea is told what to do") {
  const Order order = after(
      create, {no_index, {"ASYNC", error("0A000", "datatype bytea is not supported in a key")}});
  CHECK(order.error.message == "datatype bytea is not supported in a key");
  CHECK_THAT(order.error.hint, Catch::Contains("binary_keys"));
}

TEST_CASE("a constraint is added, proven, and taken back if it does not hold") {
  const std::string sql = "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)";
  const Exchange add{"ADD CONSTRAINT c CHECK (a > 0) NOT VALID", done()};
  const Exchange drop{"DROP CONSTRAINT IF EXISTS c", done()};
  completes(sql, "ALTER TABLE", {no_constraint, add, job, waited});
  completes(sql, "ALTER TABLE", {{"convalidated", row({"f"})}, job, waited});
  completes(sql, "ALTER TABLE", {no_constraint, {"ADD", error("42710", "exists")}, job, waited});
  fails(sql, "42710", "constraint \"c\" for relation \"t\" already exists",
        {{"convalidated", row({"t"})}});
  fails(sql, "23514", "check constraint \"c\" of relation \"t\" is violated by some row",
        {no_constraint, add, job, failed, why, drop});
  fails(sql, "42703", "no column", {no_constraint, {"ADD", error("42703", "no column")}});
  fails(sql, "42501", "not yours", {no_constraint, add, {"ASYNC", error("42501", "not yours")}});
}

TEST_CASE("validation alone takes nothing back") {
  const std::string sql = "ALTER TABLE t VALIDATE CONSTRAINT c";
  completes(sql, "ALTER TABLE", {job, waited});
  completes(sql, "ALTER TABLE", {{"ASYNC", done("ALTER TABLE")}});
  fails(sql, "23514", "check constraint \"c\" of relation \"t\" is violated by some row",
        {job, failed, why});
}

TEST_CASE("a foreign key that does not hold") {
  fails("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u", "23503",
        "insert or update on table \"t\" violates foreign key constraint \"c\"",
        {no_constraint, {"NOT VALID", done()}, job, failed, why, {"DROP CONSTRAINT", done()}});
}

TEST_CASE("NOT NULL set later") {
  fails("ALTER TABLE t ALTER a SET NOT NULL", "23502",
        "column \"a\" of relation \"t\" contains null values",
        {no_constraint,
         {"CHECK (a IS NOT NULL) NOT VALID", done()},
         job,
         failed,
         why,
         {"DROP CONSTRAINT IF EXISTS t_a_not_null", done()}});
  completes("ALTER TABLE t ALTER a SET NOT NULL", "ALTER TABLE", {{"convalidated", row({"t"})}});
}

TEST_CASE("a unique constraint takes over its index") {
  const std::string sql = "ALTER TABLE t ADD CONSTRAINT i UNIQUE (a)";
  const Exchange attach{"ADD CONSTRAINT i UNIQUE USING INDEX i", done()};
  completes(sql, "ALTER TABLE", {no_constraint, no_index, job, waited, attach});
  completes(sql, "ALTER TABLE", {no_constraint, index("t"), attach});  // built by a broken run
  fails(sql, "42P07", "relation \"i\" already exists",
        {no_constraint, {"pg_index", row({"t", "t", "b", std::nullopt})}});  // another index
  fails(sql, "42P07", "relation \"i\" already exists", {{"convalidated", row({"t"})}});
  const Exchange again{"USING INDEX", error("55000", "index \"i\" is already associated")};
  completes(sql, "ALTER TABLE", {no_constraint, index("t"), again, {"convalidated", row({"t"})}});
  fails(sql, "55000", "index \"i\" is already associated",
        {no_constraint, index("t"), again, no_constraint});
}

}  // namespace occam::rewriter
