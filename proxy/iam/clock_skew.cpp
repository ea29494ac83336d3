#include "proxy/iam/clock_skew.hpp"

namespace occam::iam {

std::optional<Instant> server_time_in(std::string_view hint) {
  constexpr std::size_t length = 16;
  if (hint.find("Signature expired") == std::string_view::npos &&
      hint.find("Signature not yet current") == std::string_view::npos)
    return std::nullopt;
  std::optional<Instant> last;
  int seen = 0;
  for (std::size_t i = 0; i + length <= hint.size(); ++i) {
    const auto time = parse_amz_date(hint.substr(i, length));
    if (!time) continue;
    last = time;
    ++seen;
    i += length - 1;
  }
  return seen > 1 ? last : std::nullopt;  // the first is the signature's own
}

std::optional<std::string> clock_advice(Instant server, Instant local) {
  const auto behind = server - local;
  if (behind >= -tolerated_skew && behind <= tolerated_skew) return std::nullopt;
  const bool slow = behind > std::chrono::seconds(0);
  return "this machine's clock is " + std::to_string((slow ? behind : -behind).count()) + " s " +
         (slow ? "behind" : "ahead of") + " AWS's; set it by NTP, such as with chronyc makestep";
}

}  // namespace occam::iam
