#include "proxy/check/server.hpp"

#include <algorithm>

namespace occam::check {

namespace {

using namespace std::chrono_literals;
using rewriter::Server;

constexpr auto clock_warns = 5s;
constexpr auto clock_fails = 5min;  // the signature of an IAM token is good for about as much

}  // namespace

Finding judge_kind(const upstream::Answer& answer, Server expected) {
  // Without the right to read it, it is there all the same.
  const bool dsql = !answer.failed() || answer.code == "42501";
  const auto* seen = dsql ? "Aurora DSQL" : "PostgreSQL";
  if (answer.failed() && answer.code != "42P01" && answer.code != "3F000" && answer.code != "42501")
    return warn("cannot tell: " + answer.error(), "check again");
  if (dsql == (expected == Server::aurora_dsql))
    return ok(std::string(seen) + ", as upstream.server says");
  return fail(std::string("it is ") + seen +
                  (dsql ? ": it has sys.jobs" : ": it has no sys.jobs, which Aurora DSQL has"),
              std::string("set upstream.server: ") + (dsql ? "aurora_dsql" : "postgresql") +
                  ", or upstream.host to another server");
}

Finding judge_clock_answer(const upstream::Answer& answer,
                           std::chrono::system_clock::time_point here,
                           config::UpstreamAuthentication by) {
  const auto text = answer.rows.size() == 1 && answer.rows[0].size() == 1 ? answer.rows[0][0] : "";
  const auto time = config::parse_number(text);
  if (answer.failed() || !time)
    return warn("cannot tell: " + (answer.failed() ? answer.error() : "it answered " + text), "");
  const auto there = std::chrono::milliseconds(*time);
  return judge_clock(
      there - std::chrono::duration_cast<std::chrono::milliseconds>(here.time_since_epoch()), by);
}

Finding judge_clock(std::chrono::milliseconds ahead, config::UpstreamAuthentication by) {
  const auto apart = ahead < 0ms ? -ahead : ahead;
  const auto seconds = std::chrono::round<std::chrono::seconds>(apart);
  if (apart < clock_warns) return ok("as this machine's, to " + config::duration_text(clock_warns));
  const auto text = "this machine's clock is " + std::to_string(seconds.count()) + " s " +
                    (ahead > 0ms ? "behind" : "ahead of") + " the server's";
  const auto advice = "set it by NTP, such as with chronyc makestep";
  if (apart >= clock_fails && by == config::UpstreamAuthentication::iam)
    return fail(text + ": no token will be taken", advice);
  return warn(text, advice);
}

Finding judge_round_trips(std::vector<std::chrono::microseconds> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return ok(milliseconds_text(*middle) + ", median of " + std::to_string(times.size()) +
            " empty queries");
}

std::string milliseconds_text(std::chrono::microseconds time) {
  const auto tenths = (time.count() + 50) / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

}  // namespace occam::check
