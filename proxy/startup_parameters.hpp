// What a client asks of its session in StartupMessage, against what Aurora DSQL lets a session set
// (facts/dsql.md §3.7). Parameters in, parameters out; pure. Knows no connection and no log.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rewriter/parameters.hpp"

#include "proxy/wire/parameter.hpp"

namespace occam {

struct StartupParameters {
  wire::Parameters kept;             // for the server
  std::vector<std::string> ignored;  // names of what was left out
  // The session must not begin: with a parameter that is not harmless, or for replication.
  std::optional<rewriter::Refusal> refusal;
};

StartupParameters judge_startup(const wire::Parameters& asked,
                                const rewriter::IgnoredSettings& ignored);

}  // namespace occam
