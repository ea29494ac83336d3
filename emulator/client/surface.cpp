#include "emulator/client/surface.hpp"

#include <algorithm>
#include <cctype>

namespace emulator {
namespace {

// facts/dsql.md §4, M.
constexpr std::string_view dsql_version = "16.15";

struct Own {
  std::string_view asked;  // in lower case, single blanks
  std::string_view sql;
};
constexpr Own answers[] = {
    {"show server_version", "SELECT '16.15'::text AS server_version"},
    {"show server_version_num", "SELECT '160015'::text AS server_version_num"},
    {"show max_connections", "SELECT '20'::text AS max_connections"},  // M GUIDE-JA
    {"select version()", "SELECT 'PostgreSQL 16'::text AS version"},
    {"select pg_catalog.version()", "SELECT 'PostgreSQL 16'::text AS version"},
};
constexpr std::size_t longest_asked = 64;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
  return out;
}

// Lower case, single blanks, no semicolon at the end.
std::string plain(std::string_view sql) {
  std::string out;
  for (const char c : lower(sql)) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == ';')) out.pop_back();
  return out;
}

}  // namespace

// facts/dsql.md §0 29: UTC. A startup parameter beats one in `options`, so both are looked at.
occam::wire::Parameters with_defaults(occam::wire::Parameters asked) {
  const bool zoned = std::any_of(asked.begin(), asked.end(), [](const auto& parameter) {
    const auto name = lower(parameter.name);
    return name == "timezone" ||
           (name == "options" && lower(parameter.value).find("timezone") != std::string::npos);
  });
  if (!zoned) asked.push_back({"TimeZone", "UTC"});
  return asked;
}

std::string_view told(const occam::wire::Parameter& parameter) {
  if (parameter.name == "server_version") return dsql_version;
  if (parameter.name == "server_encoding") return "UTF8";
  return parameter.value;
}

std::optional<InItsPlace> in_its_place(std::string_view sql) {
  if (sql.size() > longest_asked) return std::nullopt;
  const auto asked = plain(sql);
  for (const auto& answer : answers)
    if (answer.asked == asked)
      return InItsPlace{answer.sql, asked.starts_with("show") ? "SHOW" : "SELECT 1"};
  return std::nullopt;
}

}  // namespace emulator
