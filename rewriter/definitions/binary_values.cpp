#include "rewriter/definitions/binary_values.hpp"

#include "rewriter/definitions/identifiers.hpp"
#include "rewriter/definitions/type_names.hpp"

namespace occam::rewriter {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// \x, then pairs of digits; white space may stand between pairs.
std::optional<std::string> from_hex(std::string_view value) {
  std::string hex;
  for (std::size_t i = 2; i < value.size();) {
    if (is_space(value[i])) {
      ++i;
      continue;
    }
    if (i + 1 >= value.size() || digit(value[i]) < 0 || digit(value[i + 1]) < 0) return {};
    hex += digits[static_cast<std::size_t>(digit(value[i]))];
    hex += digits[static_cast<std::size_t>(digit(value[i + 1]))];
    i += 2;
  }
  return hex;
}

std::optional<std::string> from_escapes(std::string_view value) {
  std::string hex;
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto byte = static_cast<unsigned char>(value[i]);
    if (byte == '\\') {
      const auto octal = [&](std::size_t at) { return at < value.size() ? digit(value[at]) : -1; };
      if (i + 1 < value.size() && value[i + 1] == '\\') {
        ++i;
      } else if (octal(i + 1) >= 0 && octal(i + 1) < 4 && octal(i + 2) >= 0 && octal(i + 2) < 8 &&
                 octal(i + 3) >= 0 && octal(i + 3) < 8) {
        byte = static_cast<unsigned char>(octal(i + 1) * 64 + octal(i + 2) * 8 + octal(i + 3));
        i += 3;
      } else {
        return std::nullopt;
      }
    }
    hex += digits[byte >> 4U];
    hex += digits[byte & 15U];
  }
  return hex;
}

}  // namespace

std::optional<std::string> hex_of(std::string_view value) {
  return value.substr(0, 2) == "\\x" ? from_hex(value) : from_escapes(value);
}

std::optional<std::string> hex_literal(Node expression) {
  if (expression.type() == "TypeCast" && is_bytea(expression.at("typeName"))) {
    return hex_literal(expression.at("arg"));
  }
  if (expression.type() != "A_Const") return std::nullopt;
  if (expression.flag("isnull")) return "NULL";
  const Node value = expression.at("sval");
  if (!value) return std::nullopt;
  const auto hex = hex_of(value.text("sval"));
  if (!hex) return std::nullopt;
  return quote_literal(*hex);
}

}  // namespace occam::rewriter
