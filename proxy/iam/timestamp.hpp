// Times as AWS writes them, to whole seconds of UTC. Text in, time out, and back. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace occam::iam {

using Instant = std::chrono::sys_seconds;

// 20260102T030405Z
std::string amz_date(Instant time);
std::optional<Instant> parse_amz_date(std::string_view text);
// 2026-01-02T03:04:05Z, with or without a fraction; an offset such as +01:00 instead of the Z.
std::optional<Instant> parse_rfc3339(std::string_view text);
// Fri, 02 Jan 2026 03:04:05 GMT (RFC 9110 §5.6.7)
std::optional<Instant> parse_http_date(std::string_view text);

}  // namespace occam::iam
