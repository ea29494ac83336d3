#include "config/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace occam::config {
namespace {

using Unit = std::pair<std::string_view, std::uint64_t>;

constexpr std::array<Unit, 4> size_units{
    {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"", 1}}};
constexpr std::array<Unit, 4> duration_units{
    {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

template <std::size_t N>
std::optional<std::uint64_t> parse_scaled(std::string_view text, const std::array<Unit, N>& units) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = parse_number(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const auto& [suffix, scale] : units) {
    if (text.substr(digits) != suffix) continue;
    if (*number > std::numeric_limits<std::int64_t>::max() / scale) return std::nullopt;
    return *number * scale;
  }
  return std::nullopt;
}

template <std::size_t N>
std::string scaled_text(std::uint64_t value, const std::array<Unit, N>& units) {
  for (const auto& [suffix, scale] : units)
    if (value >= scale && value % scale == 0) return std::to_string(value / scale).append(suffix);
  return std::to_string(value).append(units.back().first);
}

// What is no name may be a part of a secret, and is not repeated.
bool is_variable_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), letter);
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse_scaled(text, size_units);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto value = parse_scaled(text, duration_units);
  if (!value) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*value));
}

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = parse_number(text.substr(colon + 1));
  if (!port || *port > 65535) return std::nullopt;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt;
  if (host.empty()) return std::nullopt;
  return Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

std::string size_text(std::uint64_t bytes) { return scaled_text(bytes, size_units); }

std::string duration_text(std::chrono::milliseconds duration) {
  return scaled_text(static_cast<std::uint64_t>(duration.count()), duration_units);
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Expanded expand(std::string_view text, const Environment& environment) {
  Expanded result;
  for (;;) {
    const auto start = text.find("${");
    result.text.append(text.substr(0, start));
    if (start == std::string_view::npos) return result;
    const auto end = text.find('}', start);
    if (end == std::string_view::npos) return {{}, "`${` without `}`"};
    const auto inside = text.substr(start + 2, end - start - 2);
    text.remove_prefix(end + 1);
    const auto mark = inside.find(":-");
    const std::string variable(inside.substr(0, mark));
    if (!is_variable_name(variable)) return {{}, "`${...}` names no environment variable"};
    if (const auto value = environment(variable); value && !value->empty())
      result.text.append(*value);
    else if (mark != std::string_view::npos)
      result.text.append(inside.substr(mark + 2));
    else if (!value)
      return {{},
              std::string("environment variable ")
                  .append(variable)
                  .append(" is not set; set it or write ${")
                  .append(variable)
                  .append(":-default}")};
  }
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  std::optional<std::string> best;
  auto smallest = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const auto& candidate : known) {
    const auto d = distance(word, candidate);
    if (d >= smallest) continue;
    smallest = d;
    best = candidate;
  }
  return best;
}

}  // namespace occam::config
