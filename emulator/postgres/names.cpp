#include "emulator/postgres/names.hpp"

namespace emulator {
namespace {

std::string between(char mark, std::string_view text) {
  std::string out(1, mark);
  for (const char c : text) {
    if (c == mark) out += mark;
    out += c;
  }
  return out + mark;
}

}  // namespace

std::string quoted(std::string_view name) { return between('"', name); }

std::string quoted_relation(std::string_view table) {
  const auto dot = table.find('.');
  if (dot == std::string_view::npos) return quoted(table);
  return quoted(table.substr(0, dot)) + "." + quoted(table.substr(dot + 1));
}

std::string literal(std::string_view text) { return between('\'', text); }

}  // namespace emulator
