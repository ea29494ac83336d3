// By how much this machine's clock differs from AWS's, and the sentence that says so. What is known
// of AWS's clock comes from the Date of an answer, or from the hint of a refused log-in. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/iam/timestamp.hpp"

namespace occam::iam {

// Smaller differences are the network's, and harm no signature.
constexpr std::chrono::seconds tolerated_skew{30};

// AWS's time in a hint such as `Signature expired: 20260102T030405Z is now earlier than
// 20260102T031905Z (20260102T033405Z - 15 min.)`, or `... is still later than ...`: the last time
// in it, since in the forms seen each names what follows from the one behind it.
std::optional<Instant> server_time_in(std::string_view hint);

// Nothing if the difference is tolerated.
std::optional<std::string> clock_advice(Instant server, Instant local);

}  // namespace occam::iam
