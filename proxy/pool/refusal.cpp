#include "proxy/pool/refusal.hpp"

#include <algorithm>
#include <array>

namespace occam::pool {
namespace {

constexpr std::string_view too_many_connections = "53300";
constexpr std::string_view connection_failure = "08006";
constexpr std::string_view hint =
    "pool.connections limits them, pool.connects_per_second how fast they are opened, pool.wait "
    "is how long a client waits for one.";

// facts/dsql.md §4; for the texts §1.5: SQLSTATE decides, a text only where there is no other sign.
Refusal judge(const wire::backend::Error& error) {
  // Connection exceptions, want of resources, operator intervention, failures of the system.
  constexpr std::array<std::string_view, 6> passing_classes{"08", "25", "53", "57", "58", "XX"};
  const auto says = [&error](std::string_view text) {
    return error.message.find(text) != std::string_view::npos ||
           error.hint.find(text) != std::string_view::npos;
  };
  if (says("waking up cluster") || says("during recovery") || error.code == "40001")
    return Refusal::passing;
  if (error.code.starts_with("28") || says("Signature expired")) return Refusal::password;
  if (error.code == "08P01") return Refusal::definite;
  const bool passes = std::find(passing_classes.begin(), passing_classes.end(),
                                error.code.substr(0, 2)) != passing_classes.end();
  return passes ? Refusal::passing : Refusal::definite;
}

// As a person would say it: 5 s, 1.5 s, 250 ms.
std::string spoken(Duration time) {
  const auto ms = std::chrono::round<std::chrono::milliseconds>(time).count();
  if (ms < 1000) return std::to_string(ms) + " ms";
  const auto tenths = (ms + 50) / 100;
  const auto rest = tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10);
  return std::to_string(tenths / 10) + rest + " s";
}

std::string why(Shortage shortage, std::uint32_t limit, std::string_view last) {
  switch (shortage) {
    case Shortage::in_use:
      return "all " + std::to_string(limit) + " of this thread are in use";
    case Shortage::failing:
    case Shortage::refusing:
      return std::string(last);
    case Shortage::connecting:
      return "more are being opened, at most pool.connects_per_second";
  }
  return "";
}

}  // namespace

Refusal judge(const upstream::Failure& failure) {
  switch (failure.kind) {
    case upstream::FailureKind::unreachable:
    case upstream::FailureKind::timeout:
      return Refusal::passing;
    case upstream::FailureKind::tls:  // a certificate, a name, a setting: somebody must change it
      return Refusal::definite;
    case upstream::FailureKind::refused:
      break;
  }
  return judge(
      wire::backend::decode_error(std::string_view(failure.error).substr(wire::header_bytes)));
}

Failure timed_out(Shortage shortage, Duration waited, std::uint32_t limit, std::string_view last) {
  Failure failure{
      Failure::Kind::timed_out,
      {},
      "no upstream connection within " + spoken(waited) + ": " + why(shortage, limit, last)};
  const bool away = shortage == Shortage::failing || shortage == Shortage::refusing;
  wire::backend::append_error(
      failure.error,
      {"ERROR", away ? connection_failure : too_many_connections, failure.reason, "", hint});
  return failure;
}

}  // namespace occam::pool
