// The step plans of columns: added, and changed in type.
#include "tests/support/plan_script.hpp"

namespace occam::rewriter {
namespace {

const std::string add_column = "ALTER TABLE t ADD c int NOT NULL DEFAULT 1";
const Exchange added{"ADD COLUMN c int, ALTER COLUMN c SET DEFAULT 1, ADD CONSTRAINT t_c_filling_",
                     done()};
const Exchange key{"i.indisprimary", row({"id"})};
const Exchange last_slice{"SELECT id FROM t ORDER BY id LIMIT 1 OFFSET 999", nothing()};
const Exchange filled{"UPDATE t SET c = (1) WHERE (c IS NULL)", done("UPDATE 5")};
const Exchange proven{"ADD CONSTRAINT t_c_not_null", done()};
const Exchange unmarked{"DROP CONSTRAINT t_c_filling_", done()};
const Exchange undone{"DROP COLUMN c, DROP CONSTRAINT IF EXISTS t_c_filling_", done()};
const Exchange column_exists{"ADD COLUMN c", error("42701", "column \"c\" already exists")};
const Exchange marked{"SELECT 1 FROM pg_catalog.pg_constraint", row({"1"})};
const Exchange not_marked{"SELECT 1 FROM pg_catalog.pg_constraint", nothing()};

// The mark's name holds a digest of the statement.
std::string mark_of(const std::string& sql) {
  Rewriter rewriter({});
  const auto last = rewriter.rewrite(sql)->plan->texts().back();
  return last.substr(last.find("t_c_filling_"), 20);
}

}  // namespace

TEST_CASE("a column is added, filled, proven and unmarked") {
  completes(add_column, "ALTER TABLE",
            {added, key, last_slice, filled, no_constraint, proven, job, waited, unmarked});
  completes(add_column, "ALTER TABLE",
            {added,
             key,
             {"ORDER BY id LIMIT 1 OFFSET 999", row({"it's"})},
             {"UPDATE t SET c = (1) WHERE (id) <= ('it''s') AND (c IS NULL)", done("UPDATE 1000")},
             {"WHERE (id) > ('it''s') ORDER BY id LIMIT 1 OFFSET 999", row({"z"})},
             {"WHERE (id) > ('it''s') AND (id) <= ('z') AND (c IS NULL)", done("UPDATE 3")},
             {"WHERE (id) > ('z') ORDER BY id LIMIT 1 OFFSET 999", nothing()},
             {"WHERE (id) > ('z') AND (c IS NULL)", done("UPDATE 0")},
             no_constraint,
             proven,
             job,
             waited,
             unmarked});
}

TEST_CASE("rows too large for a slice halve it, down to one") {
  std::vector<Exchange> script{added, key};
  for (const char* offset : {"999", "499", "249", "124", "61", "30", "14", "6", "2", "0"}) {
    script.push_back({std::string("OFFSET ") + offset, row({"7"})});
    script.push_back({"(id) <= ('7')", error("54000", "too large")});
  }
  script.push_back(undone);
  fails(add_column, "54000", "too large", script);
}

TEST_CASE("a table without a key is filled at once") {
  completes("ALTER TABLE t ADD c int DEFAULT 1", "ALTER TABLE",
            {added,
             {"i.indisprimary", nothing()},
             {"UPDATE t SET c = (1) WHERE (c IS NULL)", done("UPDATE 7")},
             unmarked});
}

TEST_CASE("a column that is there") {
  fails(add_column, "42701", "column \"c\" already exists", {column_exists, not_marked});
  completes("ALTER TABLE t ADD COLUMN IF NOT EXISTS c int DEFAULT 1", "ALTER TABLE",
            {column_exists, not_marked});
  completes(
      add_column, "ALTER TABLE",
      {column_exists, marked, key, last_slice, filled, {"convalidated", row({"t"})}, unmarked});
  fails(add_column, "42P01", "no table", {{"ADD COLUMN", error("42P01", "no table")}});
}

TEST_CASE("a mark without its column is of a run that was given up") {
  const std::string mark = mark_of(add_column);
  completes(add_column, "ALTER TABLE",
            {{"ADD COLUMN", error("42710", "constraint \"" + mark + "\" already exists")},
             {"DROP CONSTRAINT IF EXISTS " + mark, done()},
             added,
             key,
             last_slice,
             filled,
             no_constraint,
             proven,
             job,
             waited,
             unmarked});
}

TEST_CASE("the answer to the last step was lost") {
  const std::string mark = mark_of(add_column);
  const std::vector<Exchange> so_far{added,         key,    last_slice, filled,
                                     no_constraint, proven, job,        waited};
  auto script = so_far;
  script.push_back(
      {"DROP CONSTRAINT " + mark, error("42704", "constraint \"" + mark + "\" does not exist")});
  completes(add_column, "ALTER TABLE", script);
}

TEST_CASE("what fails is undone, and the first error is told") {
  fails(add_column, "23502", "column \"c\" of relation \"t\" contains null values",
        {added,
         key,
         last_slice,
         filled,
         no_constraint,
         proven,
         job,
         failed,
         why,
         {"DROP CONSTRAINT IF EXISTS t_c_not_null", done()},
         undone});
  fails(add_column, "22003", "out of range",
        {added,
         key,
         last_slice,
         {"UPDATE", error("22003", "out of range")},
         {"DROP COLUMN c", error("42501", "not yours")}});
  fails("ALTER TABLE t ADD c int DEFAULT 1, DROP COLUMN d", "42703", "no column d",
        {added,
         key,
         last_slice,
         filled,
         {"DROP CONSTRAINT t_c_filling_", error("42703", "no column d")},
         undone});
}

namespace {

const std::string retype = "ALTER TABLE t ALTER w TYPE varchar(9)";
const char* const wanted = "character varying(9)";

// type, its successor's, its predecessor's, not null, default, in use, the check on NULL.
Exchange column(Row values) { return {"pg_catalog.format_type", row(std::move(values))}; }

const auto none = std::nullopt;
const Exchange narrow = column({"character varying(5)", none, none, "f", none, "f", none});
const Exchange twofold = column({"character varying(5)", wanted, none, "f", none, "f", none});
const Exchange away = column({none, wanted, "character varying(5)", "f", none, "f", none});
const Exchange settled = column({none, wanted, none, none, none, none, none});
const Exchange finished = column({wanted, none, none, "f", none, "f", none});
const Exchange second{"ADD COLUMN w_of_new_type varchar(9)", done()};
const Exchange copied{"SET w_of_new_type = w WHERE", done("UPDATE 0")};
const Exchange copied_old{"SET w_of_new_type = w_of_old_type WHERE", done("UPDATE 0")};
const Exchange renamed_away{"RENAME COLUMN w TO w_of_old_type", done()};
const Exchange renamed_in{"RENAME COLUMN w_of_new_type TO w", done()};
const Exchange dropped_old{"DROP COLUMN w_of_old_type", done()};

}  // namespace

TEST_CASE("a type changes by way of a second column") {
  completes(retype, "ALTER TABLE",
            {narrow, second, twofold, key, last_slice, copied, renamed_away, away, key, last_slice,
             copied_old, dropped_old, settled, renamed_in, finished});
  completes(retype, "ALTER TABLE", {finished});
}

TEST_CASE("a change of type goes on from wherever it broke off") {
  completes(retype, "ALTER TABLE", {settled, renamed_in, finished});
  completes(retype, "ALTER TABLE",
            {away, key, last_slice, copied_old, dropped_old, settled, renamed_in, finished});
  completes(retype, "ALTER TABLE",
            {away,
             key,
             last_slice,
             copied_old,
             {"DROP COLUMN", error("42703", "no such column")},
             settled,
             {"RENAME", error("42703", "no such column")},
             finished});
  fails(retype, "42703", "no such column",
        {settled,
         {"RENAME", error("42703", "no such column")},
         settled,
         {"RENAME", error("42703", "no such column")}});
}

TEST_CASE("default and NOT NULL go with the column") {
  const Exchange bound =
      column({"character varying(5)", none, none, "t", "'x'::character varying", "f", none});
  const Exchange bound_away = column({none, wanted, "character varying(5)", "t", none, "f", none});
  const Exchange unproven = column({wanted, none, none, "f", none, "f", "f"});
  completes(retype, "ALTER TABLE",
            {bound,
             {"ALTER COLUMN w_of_new_type SET DEFAULT 'x'::character varying", done()},
             twofold,
             key,
             last_slice,
             copied,
             renamed_away,
             bound_away,
             key,
             last_slice,
             copied_old,
             {"DROP COLUMN w_of_old_type, ADD CONSTRAINT t_w_not_null CHECK (w_of_new_type IS NOT "
              "NULL) NOT VALID",
              done()},
             settled,
             renamed_in,
             unproven,
             job,
             waited});
}

TEST_CASE("a type that cannot change") {
  const Order used =
      after(retype, {column({"character varying(5)", none, none, "f", none, "t", none})});
  CHECK(used.error.code == "0A000");
  CHECK_THAT(used.error.hint, Catch::Contains("`types` in Occam's table rules"));
  fails(retype, "42703", "column \"w\" of relation \"t\" does not exist",
        {column({none, none, none, none, none, none, none})});
  CHECK_THAT(after(retype, {column({"text", "integer", none, "f", none, "f", none})}).error.message,
             Catch::Contains("\"w_of_new_type\" is in the way"));
  CHECK_THAT(after(retype, {column({"text", none, "text", "f", none, "f", none})}).error.message,
             Catch::Contains("\"w_of_old_type\" is in the way"));
  fails(retype, "XX000", "the catalog was not understood", {{"format_type", nothing()}});
}

TEST_CASE("a value that does not fit leaves the column as it was") {
  const Exchange too_long{"SET w_of_new_type =", error("22001", "too long")};
  const Exchange drop{"DROP COLUMN IF EXISTS w_of_new_type", done()};
  fails(retype, "22001", "too long", {narrow, second, twofold, key, last_slice, too_long, drop});
  fails(retype, "22001", "too long",
        {away, key, last_slice, too_long, {"RENAME COLUMN w_of_old_type TO w", done()}, drop});
  fails("ALTER TABLE t ALTER w TYPE int", "42804",
        "column \"w\" cannot be cast automatically to type integer",
        {narrow,
         {"ADD COLUMN w_of_new_type int", done()},
         column({"text", "integer", none, "f", none, "f", none}),
         key,
         last_slice,
         {"UPDATE", error("42804", "is of type integer but expression is of type text")},
         drop});
}

TEST_CASE("the column has its name again before a run may stop") {
  Rewriter rewriter({});
  const auto steps = rewriter.rewrite(retype)->plan->start();
  steps->begin();
  std::vector<bool> stops;
  for (const Exchange& exchange :
       {narrow, second, twofold, key, last_slice, copied, renamed_away, away, key, last_slice,
        copied_old, dropped_old, settled, renamed_in}) {
    stops.push_back(steps->may_stop());
    steps->next(exchange.answer);
  }
  CHECK(stops == std::vector<bool>{true, true, true, true, true, true, false, false, false, false,
                                   false, false, false, false});
  CHECK_FALSE(steps->may_stop());
  CHECK(steps->next(finished.answer).kind == Order::Kind::complete);
}

TEST_CASE("what fails while the column has no name gives it back") {
  const Exchange back{"RENAME COLUMN w_of_old_type TO w", done()};
  const Exchange drop{"DROP COLUMN IF EXISTS w_of_new_type", done()};
  fails(retype, "40001", "conflict",
        {away, key, last_slice, {"SET w_of_new_type =", error("40001", "conflict")}, back, drop});
  fails(retype, "42710", "exists",
        {away, key, last_slice, copied_old, {"DROP COLUMN", error("42710", "exists")}, back, drop});
  completes(retype, "ALTER TABLE",
            {away,
             key,
             last_slice,
             copied_old,
             {"DROP COLUMN w_of_old_type", error("57014", "cancelled")},
             settled,
             {"RENAME COLUMN w_of_new_type TO w", error("57014", "cancelled")},
             settled,
             renamed_in,
             finished});
}

}  // namespace occam::rewriter
