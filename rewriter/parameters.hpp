// Which configuration parameters a session may set on Aurora DSQL, and which of the others make no
// difference there (facts/dsql.md §3.7). Names and values in, an answer out; knows no SQL and no
// message.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "rewriter/rewrite.hpp"

namespace occam::rewriter {

// `name`: whatever its value. `name=value`: with this value alone. In lower case; a Boolean is on
// or off.
using IgnoredSettings = std::set<std::string, std::less<>>;

// What pg_dump, psql, pgAdmin, JDBC, psycopg2, Rails and Flyway set: limits and planner settings
// that DSQL has of its own, and values that it has anyway.
const IgnoredSettings& harmless_settings();

enum class ParameterFate {
  passes,   // the server takes it
  ignored,  // it may be left out
  refused,
};

// No value: DEFAULT or RESET, which is harmless where any value is.
ParameterFate fate_of(std::string_view name, std::optional<std::string_view> value,
                      const IgnoredSettings& ignored);

// For one that is refused, in DSQL's words.
Refusal refuse_parameter(std::string_view name, const IgnoredSettings& ignored);

}  // namespace occam::rewriter
