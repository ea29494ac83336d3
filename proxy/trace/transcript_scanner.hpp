// The words of a transcript's line: names, numbers, quoted text, hex. Knows no message. Every
// refusal is a BadLine with the column where it stood. Views point into the line.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/trace/transcript.hpp"

namespace occam::trace {

inline int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Walks over a line; every refusal names the column where it stood.
class Scanner {
 public:
  explicit Scanner(std::string_view line) : line_(line) {}

  [[noreturn]] void fail(const std::string& what) const { throw BadLine(what, at_ + 1); }

  void skip_gap() {
    while (at_ < line_.size() && line_[at_] == ' ') ++at_;
  }
  bool at_end() {
    skip_gap();
    return at_ == line_.size();
  }
  // The next character that is no space; 0 at the end.
  char peek() { return at_end() ? '\0' : line_[at_]; }
  bool take_if(std::string_view token) {
    skip_gap();
    if (!line_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  void expect(std::string_view token) {
    if (!take_if(token)) fail("expected " + std::string(token));
  }
  std::string_view word() {
    skip_gap();
    const auto start = at_;
    while (at_ < line_.size() && is_word(line_[at_])) ++at_;
    if (at_ == start) fail("expected a word");
    return line_.substr(start, at_ - start);
  }
  std::int64_t number(std::int64_t least, std::int64_t most) {
    skip_gap();
    std::int64_t n = 0;
    const auto* const end = line_.data() + line_.size();
    const auto result = std::from_chars(line_.data() + at_, end, n);
    if (result.ec != std::errc() || n < least || n > most) {
      fail("expected a number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    at_ = static_cast<std::size_t>(result.ptr - line_.data());
    return n;
  }
  std::string quoted(char quote) {
    expect({&quote, 1});
    std::string text;
    while (true) {
      if (at_ == line_.size()) fail("text without closing quote");
      const auto c = line_[at_++];
      if (c == quote) return text;
      text += c == '\\' ? escaped() : c;
    }
  }
  std::string hex() {
    expect("x'");
    std::string bytes;
    while (!take_here('\'')) bytes += hex_byte();
    return bytes;
  }

 private:
  static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
  bool take_here(char c) {
    if (at_ == line_.size() || line_[at_] != c) return false;
    ++at_;
    return true;
  }
  char hex_byte() {
    if (line_.size() - at_ < 2 || hex_value(line_[at_]) < 0 || hex_value(line_[at_ + 1]) < 0) {
      fail("expected two hex digits");
    }
    const auto byte = hex_value(line_[at_]) * 16 + hex_value(line_[at_ + 1]);
    at_ += 2;
    return static_cast<char>(byte);
  }
  char escaped() {
    if (take_here('n')) return '\n';
    if (take_here('r')) return '\r';
    if (take_here('t')) return '\t';
    if (take_here('x')) return hex_byte();
    if (at_ == line_.size()) fail("text without closing quote");
    return line_[at_++];
  }

  std::string_view line_;
  std::size_t at_ = 0;
};

}  // namespace occam::trace
