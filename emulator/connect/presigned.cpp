#include "emulator/connect/presigned.hpp"

#include <algorithm>
#include <charconv>

namespace emulator {
namespace {

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    unsigned byte = 0;
    const auto* digits = text.data() + i + 1;
    const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc{} || end != digits + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

bool unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

std::string encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

}  // namespace

bool Presigned::has(std::string_view name) const {
  return std::any_of(parameters.begin(), parameters.end(),
                     [name](const auto& parameter) { return parameter.first == name; });
}

std::optional<std::string_view> Presigned::value(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [known, text] : parameters) {
    if (known != name) continue;
    if (found) return std::nullopt;
    found = text;
  }
  return found;
}

std::string Presigned::canonical_query(std::string_view but) const {
  std::vector<std::pair<std::string, std::string>> sorted;
  for (const auto& [name, text] : parameters)
    if (name != but) sorted.emplace_back(encoded(name), encoded(text));
  std::sort(sorted.begin(), sorted.end());
  std::string out;
  for (const auto& [name, text] : sorted) {
    if (!out.empty()) out += '&';
    out += name;
    out += '=';
    out += text;
  }
  return out;
}

std::optional<Presigned> read_presigned(std::string_view text) {
  Presigned request;
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || text.substr(slash, 2) != "/?") return std::nullopt;
  request.host = text.substr(0, slash);
  for (auto rest = text.substr(slash + 2); !rest.empty();) {
    const auto end = rest.find('&');
    const auto part = rest.substr(0, end);
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    auto name = decoded(part.substr(0, equals));
    auto value = decoded(part.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    request.parameters.emplace_back(std::move(*name), std::move(*value));
  }
  return request;
}

}  // namespace emulator
