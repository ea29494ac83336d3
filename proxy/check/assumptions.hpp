// What Occam relies on of Aurora DSQL and no recording of a real cluster shows: what of it can be
// tried by reading alone, and what cannot. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/check/finding.hpp"
#include "proxy/upstream/line.hpp"

namespace occam::check {

// A claim holds if the query fails not and answers this in its one row.
struct Assumption {
  std::string_view claim;
  std::string_view query;
  std::string_view answer;
  std::string_view use;  // what would not work
};
std::span<const Assumption> assumptions();

// Of the schema that the session was put into when it started (rewriter/README.md, "Databases").
inline constexpr std::string_view search_path_question =
    "SELECT reset_val FROM pg_catalog.pg_settings WHERE name = 'search_path'";
Finding judge_search_path(const upstream::Answer& answer, std::string_view schema);

Finding judge_assumption(const Assumption& assumption, const upstream::Answer& answer);

// What fails, and one line for all that holds.
Findings in_short(Findings found);

// The claims that nobody tries.
Findings unproven();

}  // namespace occam::check
