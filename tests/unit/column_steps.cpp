// The step plans of columns: added, and changed in type.
#include <algorithm>

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
         {"SELECT convalidated", row({"f"})},
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

TEST_CASE("constraints of a new column have names of their own") {
  Rewriter rewriter({});
  const auto texts =
      rewriter.rewrite("ALTER TABLE t ADD c int CHECK (c > 0) CHECK (c < 10)")->plan->texts();
  const std::string all = texts.at(1) + texts.at(4);
  CHECK_THAT(all, Catch::Contains("t_c_check CHECK (c > 0)"));
  CHECK_THAT(all, Catch::Contains("t_c_check1 CHECK (c < 10)"));
  const auto twice = rewriter.rewrite(
      "ALTER TABLE t ADD c int CONSTRAINT k CHECK (c > 0) CONSTRAINT k CHECK (c < 10)");
  REQUIRE(twice->refusal);
  CHECK(twice->refusal->code == "42710");
  // It would stay when the column goes.
  const auto of_another = rewriter.rewrite("ALTER TABLE t ADD c int CHECK (v < 10) NOT NULL");
  REQUIRE(of_another->refusal);
  CHECK(of_another->refusal->code == "0A000");
}

namespace {

const std::string retype = "ALTER TABLE t ALTER w TYPE varchar(9)";
const char* const narrow_type = "character varying(5)";
const char* const wanted = "character varying(9)";
const auto none = std::nullopt;

// A constraint of this change, begun when the table had seven columns.
std::string own(const std::string& label) {
  Rewriter rewriter({});
  const auto text = rewriter.rewrite(retype)->plan->texts().back();
  const auto digest = text.substr(text.rfind('_'), 9);
  return "w_" + label + "_8" + digest;
}

// type, its successor's, not null, default, what depends on it, the check on NULL, whether it is
// proven, constraints of its name, constraints of this change, columns ever.
Exchange column(Row values) { return {"pg_catalog.format_type", row(std::move(values))}; }

Exchange plain(std::optional<std::string> type) {
  return column({std::move(type), none, "f", none, none, none, none, "0", none, "8"});
}
Exchange begun(std::optional<std::string> type, std::optional<std::string> successor,
               const std::string& constraints) {
  return column(
      {std::move(type), std::move(successor), "f", none, none, none, none, "0", constraints, "9"});
}

const Exchange narrow = plain(narrow_type);
const Exchange twofold = begun(narrow_type, wanted, own("retyping"));
const Exchange guarded = begun(narrow_type, wanted, own("equal") + "\n" + own("retyping"));
const Exchange moved = begun(none, wanted, own("moved"));
const Exchange renamed = begun(wanted, none, own("moved"));
const Exchange finished = plain(wanted);

const Exchange second{"ADD COLUMN w_of_new_type character varying(9), ADD CONSTRAINT " +
                          own("retyping") + " CHECK (true) NOT VALID",
                      done()};
const Exchange copied{"SET w_of_new_type = w WHERE (w_of_new_type IS DISTINCT FROM w)",
                      done("UPDATE 0")};
const Exchange guard{
    "ADD CONSTRAINT " + own("equal") + " CHECK (w_of_new_type IS NOT DISTINCT FROM w) NOT VALID",
    done()};
const Exchange settle{"DROP CONSTRAINT " + own("equal") + ", DROP CONSTRAINT " + own("retyping") +
                          ", DROP COLUMN w, ADD CONSTRAINT " + own("moved"),
                      done()};
const Exchange rename_in{"RENAME COLUMN w_of_new_type TO w", done()};
const Exchange finish{"DROP CONSTRAINT " + own("moved"), done()};
const Exchange undo{"DROP CONSTRAINT IF EXISTS " + own("equal") + ", DROP CONSTRAINT " +
                        own("retyping") + ", DROP COLUMN IF EXISTS w_of_new_type",
                    done()};

Exchange with(Exchange exchange, const std::string& code) {
  exchange.answer = error(code, "unexpected");
  return exchange;
}

std::vector<Exchange> operator+(std::vector<Exchange> left, const std::vector<Exchange>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

const std::vector<Exchange> fill{key, last_slice, copied};
const std::vector<Exchange> to_the_end{settle, moved, rename_in, renamed, finish};
const std::vector<Exchange> from_guard =
    std::vector<Exchange>{guarded} + fill + std::vector<Exchange>{guarded} + to_the_end;

}  // namespace

TEST_CASE("a type changes by way of a second column") {
  completes(retype, "ALTER TABLE",
            std::vector<Exchange>{narrow, second, twofold} + fill + std::vector<Exchange>{guard} +
                from_guard);
  completes(retype, "ALTER TABLE", {finished});
}

TEST_CASE("a change of type goes on from wherever it broke off") {
  completes(retype, "ALTER TABLE",
            std::vector<Exchange>{twofold} + fill + std::vector<Exchange>{guard} + from_guard);
  completes(retype, "ALTER TABLE", from_guard);
  completes(retype, "ALTER TABLE", {moved, rename_in, renamed, finish});
  completes(retype, "ALTER TABLE", {renamed, finish});
}

TEST_CASE("another run of the same change of type is met with a look, and nothing is dropped") {
  const std::vector<Exchange> before{narrow, second, twofold};
  completes(retype, "ALTER TABLE", {narrow, with(second, "42701"), renamed, finish});
  completes(retype, "ALTER TABLE",
            before + std::vector<Exchange>{key, last_slice, with(copied, "42703"), moved, rename_in,
                                           renamed, finish});
  completes(
      retype, "ALTER TABLE",
      before + fill +
          std::vector<Exchange>{with(guard, "42703"), moved, with(rename_in, "42703"), finished});
  completes(retype, "ALTER TABLE",
            std::vector<Exchange>{guarded} + fill +
                std::vector<Exchange>{guarded, with(settle, "42704"), finished});
  completes(retype, "ALTER TABLE", {renamed, with(finish, "42704"), finished});
  // It undid what it had begun: all rows are seen again.
  completes(retype, "ALTER TABLE",
            std::vector<Exchange>{guarded} + fill +
                std::vector<Exchange>{guarded, with(settle, "42704")} + from_guard);
  // This one added its column after the other was done.
  completes(retype, "ALTER TABLE",
            {narrow, second, begun(wanted, wanted, own("retyping")), undo, finished});
}

TEST_CASE("surprises come to an end") {
  std::vector<Exchange> script{narrow};
  for (int i = 0; i < 16; ++i) {
    script.push_back(with(second, "42701"));
    script.push_back(narrow);
  }
  script.push_back(with(second, "42701"));
  fails(retype, "42701", "unexpected", script);
}

TEST_CASE("default and NOT NULL go with the column") {
  const auto bound = [](const std::optional<std::string>& check, const std::string& taken) {
    return column({narrow_type, wanted, "t", "'x'::character varying", none, check, "t", taken,
                   own("equal") + "\n" + own("retyping"), "9"});
  };
  const auto settling = [&](const Exchange& found) {
    return after(retype, std::vector<Exchange>{found} + fill + std::vector<Exchange>{found}).text;
  };
  CHECK_THAT(settling(bound(none, "0")),
             Catch::Contains("ALTER COLUMN w_of_new_type SET DEFAULT 'x'::character varying, ADD "
                             "CONSTRAINT t_w_not_null CHECK (w_of_new_type IS NOT NULL AND true) "
                             "NOT VALID"));
  CHECK_THAT(settling(bound("renamed", "1")), Catch::Contains("ADD CONSTRAINT renamed CHECK"));
  fails(retype, "42710", "constraint \"t_w_not_null\" for relation \"t\" already exists",
        {bound(none, "1"), undo});
  const Exchange unproven =
      column({wanted, none, "f", none, none, "renamed", "f", "0", own("moved"), "9"});
  completes(retype, "ALTER TABLE",
            {unproven,
             {"SELECT convalidated", row({"f"})},
             {"VALIDATE CONSTRAINT renamed", row({"abc"})},
             waited,
             finish});
}

TEST_CASE("a type that cannot change") {
  const auto refused_for = [](Row values) {
    return after(retype, {column(std::move(values))}).error;
  };
  const auto used =
      refused_for({narrow_type, none, "f", none, "index i", none, none, "0", none, "8"});
  CHECK(used.code == "0A000");
  CHECK_THAT(used.message, Catch::Contains("index i depends on it"));
  CHECK_THAT(used.hint, Catch::Contains("`types` in Occam's table rules"));
  fails(retype, "42703", "column \"w\" of relation \"t\" does not exist", {plain(none)});
  // A column of the client's own, whatever its type.
  for (const auto* type : {"integer", wanted}) {
    const auto error =
        refused_for({narrow_type, type, "f", none, none, none, none, "0", none, "8"});
    CHECK_THAT(error.message, Catch::Contains("\"w_of_new_type\" is in the way"));
  }
  for (const auto* type :
       {"character varying(10)", "text", "integer", "character(5)", "character varying(5)[]"}) {
    CHECK(after(retype, {plain(type)}).error.code == "0A000");
  }
  CHECK(after("ALTER TABLE t ALTER w TYPE numeric(8)", {plain("numeric(8,0)")}).error.code ==
        "0A000");
  fails(retype, "XX000", "the catalog was not understood", {{"format_type", nothing()}});
  Rewriter rewriter({});
  const auto rewrite = rewriter.rewrite("ALTER TABLE t ALTER w TYPE varchar(9) USING upper(w)");
  REQUIRE(rewrite->refusal);
  CHECK(rewrite->refusal->code == "0A000");
}

TEST_CASE("what fails leaves the column as it was") {
  fails(retype, "53100", "unexpected",
        {narrow, second, twofold, key, last_slice, with(copied, "53100"), undo});
  fails(retype, "40001", "unexpected", {guarded, key, last_slice, with(copied, "40001"), undo});
  fails(retype, "2BP01", "unexpected",
        std::vector<Exchange>{guarded} + fill +
            std::vector<Exchange>{guarded, with(settle, "2BP01"), undo});
  fails(retype, "42501", "unexpected", {narrow, with(second, "42501")});
  // A cancel that comes too late to stop it.
  completes(
      retype, "ALTER TABLE",
      std::vector<Exchange>{guarded} + fill +
          std::vector<Exchange>{guarded, with(settle, "57014"), moved, rename_in, renamed, finish});
}

TEST_CASE("nobody is hindered any more when a run may stop") {
  Rewriter rewriter({});
  const auto steps = rewriter.rewrite(retype)->plan->start();
  steps->begin();
  std::vector<bool> stops;
  for (const Exchange& exchange : std::vector<Exchange>{narrow, second, twofold} + fill +
                                      std::vector<Exchange>{guard} + from_guard) {
    stops.push_back(steps->may_stop());
    steps->next(exchange.answer);
  }
  // Until the guard is ordered, and once the column has its name again.
  std::vector<bool> awaited(stops.size(), false);
  std::fill_n(awaited.begin(), 6, true);
  awaited.back() = true;
  CHECK(stops == awaited);
}

}  // namespace occam::rewriter
