// Verdicts on the server that answers: of which kind it is, its clock, how far away it is. Holds
// the questions beside the verdicts on their answers. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "config/listener.hpp"

#include "proxy/check/finding.hpp"
#include "proxy/upstream/line.hpp"

namespace occam::check {

// Aurora DSQL has it, and PostgreSQL does not (facts/dsql.md §0.23).
inline constexpr std::string_view kind_question = "SELECT 1 FROM sys.jobs LIMIT 0";
Finding judge_kind(const upstream::Answer& answer, rewriter::Server expected);

// Milliseconds since 1970, without a fraction.
inline constexpr std::string_view clock_question =
    "SELECT round(extract(epoch FROM now()) * 1000)::bigint";
// `here`: this machine's time when the server was asked.
Finding judge_clock_answer(const upstream::Answer& answer,
                           std::chrono::system_clock::time_point here,
                           config::UpstreamAuthentication by);
// `ahead`: by how much the server's clock is before this machine's.
Finding judge_clock(std::chrono::milliseconds ahead, config::UpstreamAuthentication by);

// Of all; not empty.
Finding judge_round_trips(std::vector<std::chrono::microseconds> times);

// As people read it: 12.3 ms.
std::string milliseconds_text(std::chrono::microseconds time);

}  // namespace occam::check
