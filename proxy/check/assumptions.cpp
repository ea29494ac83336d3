#include "proxy/check/assumptions.hpp"

#include <algorithm>

#include "rewriter/definitions/unproven.hpp"

namespace occam::check {
namespace {

constexpr std::string_view catalog =
    "catalog queries with regclass, pg_depend, pg_get_constraintdef and the cast of indkey to "
    "int2[] are answered as by PostgreSQL";
constexpr std::string_view definitions = "definitions that Occam takes in steps";
constexpr std::string_view binary_keys = "reading and finding rows by binary keys";

// Each reads the catalog or nothing at all. The names are pg_catalog's own, which all have.
constexpr Assumption tried[] = {
    {"encode() and decode() stand in predicates and outputs",
     "SELECT decode(k, 'hex')::text FROM (SELECT '00ff'::text AS k) AS t "
     "WHERE k = encode('\\x00ff'::bytea, 'hex')",
     "\\x00ff", binary_keys},
    {"hex text is ordered as its bytes",
     "SELECT (encode('\\x7f'::bytea, 'hex') < encode('\\x80ff'::bytea, 'hex'))::text", "true",
     binary_keys},
    {catalog,
     "SELECT ('pg_catalog.pg_class'::regclass::oid = 1259 "
     "AND (SELECT count(*) >= 0 FROM pg_catalog.pg_depend "
     "WHERE refobjid = 'pg_catalog.pg_class'::regclass) "
     "AND (SELECT count(pg_catalog.pg_get_constraintdef(oid)) = count(*) "
     "FROM pg_catalog.pg_constraint) "
     "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_index "
     "WHERE pg_catalog.cardinality(indkey::int2[]) <> indnatts))::text",
     "true", definitions},
    {"rows are compared as by PostgreSQL", "SELECT ((2, 1) > (1, 9) AND (1, 9) < (2, 0))::text",
     "true", "large deletes in slices"},
};

constexpr std::string_view untried_elsewhere[] = {
    "two concurrent FOR UPDATE on one row conflict where neither writes anything",
    "RESET of a parameter comes back to what the start-up option said",
};

bool is_tried(std::string_view claim) {
  return std::any_of(std::begin(tried), std::end(tried),
                     [&](const Assumption& one) { return one.claim == claim; });
}

Finding disproven(std::string_view claim, const std::string& said, std::string_view use) {
  return fail("not so here: " + std::string(claim) + " (" + said + ")",
              "report it; without it this does not work: " + std::string(use));
}

}  // namespace

std::span<const Assumption> assumptions() { return tried; }

Finding judge_search_path(const upstream::Answer& answer, std::string_view schema) {
  constexpr std::string_view claim = "pg_settings shows the search_path of the start-up option";
  if (answer.failed()) return disproven(claim, answer.error(), "RESET and DROP DATABASE");
  const auto seen = answer.rows.size() == 1 && !answer.rows[0].empty() ? answer.rows[0][0] : "";
  const auto quoted = '"' + std::string(schema) + '"';
  if (seen == schema || seen == quoted) return ok(std::string(claim));
  return disproven(claim, "it shows " + (seen.empty() ? "nothing" : seen),
                   "RESET and DROP DATABASE");
}

Finding judge_assumption(const Assumption& assumption, const upstream::Answer& answer) {
  if (answer.failed()) return disproven(assumption.claim, answer.error(), assumption.use);
  if (answer.rows.size() == 1 && answer.rows[0].size() == 1 &&
      answer.rows[0][0] == assumption.answer)
    return ok(std::string(assumption.claim));
  return disproven(assumption.claim, "another answer to " + std::string(assumption.query),
                   assumption.use);
}

Findings in_short(Findings found) {
  const auto holds = static_cast<std::size_t>(
      std::erase_if(found, [](const Finding& finding) { return finding.verdict == Verdict::ok; }));
  if (holds > 0)
    found.push_back(ok(std::to_string(holds) + " of those that can be tried hold; what cannot "
                                               "be is listed by --verbose"));
  return found;
}

Findings unproven() {
  Findings all;
  for (const auto claim : rewriter::unproven_of_definitions)
    if (!is_tried(claim)) all.push_back({Verdict::unproven, std::string(claim), {}});
  for (const auto claim : untried_elsewhere)
    all.push_back({Verdict::unproven, std::string(claim), {}});
  return all;
}

}  // namespace occam::check
