// How values are written in the configuration: sizes, durations, addresses, ${ENV}. Text in, value
// or nothing out; the caller says where the mistake stands. Knows no YAML and no key. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace occam::config {

struct Address {
  std::string host;
  std::uint16_t port = 0;  // 0: any free port, for listeners

  bool operator==(const Address&) const = default;
};

// A variable's value, or nothing where it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

// 512, 64KiB, 16MiB, 1GiB.
std::optional<std::uint64_t> parse_size(std::string_view text);
// 250ms, 2s, 5m, 1h.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// host:port or [v6]:port.
std::optional<Address> parse_address(std::string_view text);
std::optional<std::uint64_t> parse_number(std::string_view text);

std::string size_text(std::uint64_t bytes);
std::string duration_text(std::chrono::milliseconds duration);

// 127.0.0.0/8, ::1 and localhost: reachable from this machine only.
bool is_loopback(std::string_view host);

struct Expanded {
  std::string text;
  std::string mistake;  // empty: none
};
// Replaces ${NAME} and ${NAME:-default}. A variable that is not set and has no default is a
// mistake.
Expanded expand(std::string_view text, const Environment& environment);

// The candidate with the smallest edit distance, or nothing if all are far off.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace occam::config
