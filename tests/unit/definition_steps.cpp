// The step plans of indexes and constraints.
#include "tests/support/plan_script.hpp"

namespace occam::rewriter {
namespace {

Exchange index(const char* valid, std::optional<std::string> building = std::nullopt,
               const char* of_this_table = "t") {
  return {"FROM pg_catalog.pg_index i", row({valid, "t", "a", std::move(building), of_this_table})};
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

TEST_CASE("an index of the name on another table is not touched") {
  for (const auto& other :
       {index("t", std::nullopt, "f"), index("f", std::nullopt, "f"), index("f", "abc", "f")}) {
    fails(create, "42P07", "relation \"i\" already exists", {other});
  }
  const Exchange exists{"CREATE UNIQUE INDEX ASYNC i",
                        error("42P07", "relation \"i\" already exists")};
  fails(create, "42P07", "relation \"i\" already exists",
        {no_index, exists, index("f", "abc", "f")});
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

namespace {

const Exchange run_id{"SELECT pg_catalog.gen_random_uuid()", row({"some-uuid"})};
const Exchange no_leftover{"SELECT conname", nothing()};
const Exchange still_there{"SELECT convalidated", row({"f"})};

}  // namespace

TEST_CASE("a constraint is proven under a name of its own, and taken back if it does not hold") {
  const std::string sql = "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)";
  const std::string working = "t_c_proving_";
  const Exchange add{"ADD CONSTRAINT " + working, done()};
  const Exchange drop{"DROP CONSTRAINT IF EXISTS " + working, done()};
  const Exchange name{"RENAME CONSTRAINT " + working, done()};
  completes(sql, "ALTER TABLE", {no_constraint, run_id, add, job, waited, name, no_leftover});
  // The answer was lost: nobody else has this name.
  const Exchange added{"ADD", error("42710", "exists")};
  completes(sql, "ALTER TABLE", {no_constraint, run_id, added, job, waited, name, no_leftover});
  // The client's own of that name, proven or not, means what it means.
  for (const auto* valid : {"t", "f"}) {
    fails(sql, "42710", "constraint \"c\" for relation \"t\" already exists",
          {{"convalidated", row({valid})}});
  }
  const Exchange leftovers{"SELECT conname", row({"t_c_proving_1_2"})};
  fails(sql, "23514", "check constraint \"c\" of relation \"t\" is violated by some row",
        {no_constraint, run_id, add, job, failed, why, still_there, leftovers, drop});
  fails(sql, "42703", "no column", {no_constraint, run_id, {"ADD", error("42703", "no column")}});
  fails(sql, "42501", "not yours",
        {no_constraint, run_id, add, {"ASYNC", error("42501", "not yours")}, drop});
  Exchange gone{"RENAME CONSTRAINT", error("42704", "none of that name")};
  gone.answer.repeated = true;
  completes(sql, "ALTER TABLE", {no_constraint, run_id, add, job, waited, gone, no_leftover});
}

TEST_CASE("two runs of one ADD CONSTRAINT: one adds it, the other is told that it is there") {
  const std::string sql = "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)";
  const std::string there = "constraint \"c\" for relation \"t\" already exists";
  const Exchange add{"ADD CONSTRAINT t_c_proving_", done()};
  const Exchange drop{"DROP CONSTRAINT IF EXISTS t_c_proving_", done()};
  const Exchange leftovers{"SELECT conname", row({"t_c_proving_1_2"})};
  const Exchange exists{"SELECT convalidated", row({"t"})};
  const Exchange name{"RENAME CONSTRAINT t_c_proving_", done()};
  const Exchange taken{"RENAME CONSTRAINT", error("42710", there)};
  const Exchange gone{"RENAME CONSTRAINT", error("42704", "none of that name")};
  completes(sql, "ALTER TABLE", {no_constraint, run_id, add, job, waited, name, leftovers, drop});
  fails(sql, "42710", there, {no_constraint, run_id, add, job, waited, taken, drop});
  // The first took the second's away: whether it was waiting, or about to.
  fails(sql, "42710", there, {no_constraint, run_id, add, job, waited, gone, exists});
  fails(sql, "42710", there, {no_constraint, run_id, add, job, failed, why, no_constraint, exists});
  fails(sql, "42710", there,
        {no_constraint, run_id, add, {"ASYNC", error("42704", "none of that name")}, exists});
}

TEST_CASE("DROP NOT NULL finds the CHECK that Occam made, whatever it is called") {
  const std::string sql = "ALTER TABLE t ALTER a DROP NOT NULL, ALTER b SET DEFAULT 1";
  const std::string plain = "ALTER TABLE t ALTER a DROP NOT NULL, ALTER b SET DEFAULT 1";
  completes(sql, "ALTER TABLE", {{"a.attname IN ('a')", nothing()}, {plain, done()}});
  completes(sql, "ALTER TABLE",
            {{"IS NOT NULL) AND true))", row({"renamed"})},
             {plain + ", DROP CONSTRAINT IF EXISTS renamed", done()}});
  fails(sql, "42P01", "no table", {{"pg_constraint", error("42P01", "no table")}});
}

TEST_CASE("what cannot be undone stands alone") {
  RewriterOptions options;
  Rewriter rewriter(options);
  for (const auto* sql : {
           "ALTER TABLE t ALTER a SET NOT NULL, ALTER b TYPE bigint",
           "ALTER TABLE t ALTER b TYPE bigint, DROP COLUMN c",
           "ALTER TABLE t ADD c int NOT NULL, VALIDATE CONSTRAINT k",
           "ALTER TABLE t ADD c int NOT NULL, ADD CONSTRAINT k CHECK (a > 0)",
           "ALTER TABLE t ADD c int NOT NULL, ALTER a DROP NOT NULL",
       }) {
    CAPTURE(sql);
    const auto rewrite = rewriter.rewrite(sql);
    REQUIRE(rewrite->refusal);
    CHECK_FALSE(rewrite->plan);
    CHECK(rewrite->refusal->hint.find("statement of its own") != std::string::npos);
  }
}

TEST_CASE("validation alone takes nothing back") {
  const std::string sql = "ALTER TABLE t VALIDATE CONSTRAINT c";
  completes(sql, "ALTER TABLE", {still_there, job, waited});
  completes(sql, "ALTER TABLE", {still_there, {"ASYNC", done("ALTER TABLE")}});
  completes(sql, "ALTER TABLE", {{"SELECT convalidated", row({"t"})}});
  fails(sql, "42704", "constraint \"c\" of relation \"t\" does not exist", {no_constraint});
  fails(sql, "23514", "check constraint \"c\" of relation \"t\" is violated by some row",
        {still_there, job, failed, why, still_there});
}

TEST_CASE("a foreign key that does not hold") {
  fails("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u", "23503",
        "insert or update on table \"t\" violates foreign key constraint \"c\"",
        {no_constraint, run_id, {"NOT VALID", done()}, job, failed, why, still_there, no_leftover});
}

TEST_CASE("NOT NULL set later") {
  fails("ALTER TABLE t ALTER a SET NOT NULL", "23502",
        "column \"a\" of relation \"t\" contains null values",
        {no_constraint,
         {"CHECK (a IS NOT NULL AND true) NOT VALID", done()},
         job,
         failed,
         why,
         still_there,
         {"DROP CONSTRAINT IF EXISTS t_a_not_null", done()}});
  completes("ALTER TABLE t ALTER a SET NOT NULL", "ALTER TABLE", {{"convalidated", row({"t"})}});
}

TEST_CASE("long names that begin alike do not meet") {
  const std::string name(60, 'n');
  const auto named = [&](const std::string& end) {
    const auto text =
        after("ALTER TABLE t ALTER " + name + end + " SET NOT NULL", {no_constraint}).text;
    return text.substr(0, text.find(" CHECK"));
  };
  CHECK(named("aaa") != named("bbb"));
}

TEST_CASE("a unique constraint takes over its index") {
  const std::string sql = "ALTER TABLE t ADD CONSTRAINT i UNIQUE (a)";
  const Exchange attach{"ADD CONSTRAINT i UNIQUE USING INDEX i", done()};
  completes(sql, "ALTER TABLE", {no_constraint, no_index, job, waited, attach});
  completes(sql, "ALTER TABLE", {no_constraint, index("t"), attach});  // built by a broken run
  fails(sql, "42P07", "relation \"i\" already exists",
        {no_constraint, {"pg_index", row({"t", "t", "b", std::nullopt, "t"})}});  // another index
  fails(sql, "42P07", "relation \"i\" already exists", {{"convalidated", row({"t"})}});
  const Exchange again{"USING INDEX", error("55000", "index \"i\" is already associated")};
  completes(sql, "ALTER TABLE", {no_constraint, index("t"), again, {"convalidated", row({"t"})}});
  fails(sql, "55000", "index \"i\" is already associated",
        {no_constraint, index("t"), again, no_constraint});
}

}  // namespace occam::rewriter
