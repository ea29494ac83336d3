#include "rewriter/parse_cost.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

// The scanner is quadratic in nested comments (a second for 20 kB of them), and finding the clauses
// in their number.
constexpr std::size_t most_comments = 64;

// Names are looked up among names: at this many that takes a second at worst. Real statements have
// hundreds; what makes a statement long is its values.
constexpr std::size_t most_words = 50'000;

// Flat lists cost their length, but each of their parts up to 200 times the bytes that it stands
// in: a million take a second and 300 MiB.
constexpr std::size_t most_parts = 1'000'000;

// SET (a, b, c) = (...): the parser prints the right side once for each column.
constexpr std::size_t most_copied_bytes = std::size_t{64} << 20;

bool is_value(std::string_view word) {
  constexpr auto values = std::to_array<std::string_view>({"null", "true", "false", "default"});
  return std::any_of(values.begin(), values.end(),
                     [&](std::string_view value) { return same_word(word, value); });
}

// Bytes that the right sides of assigned lists are printed in, at most: each may reach to the end.
class Copies {
 public:
  void take(std::string_view word, std::size_t left) {
    if (word == "(") {
      open_.push_back({1, same_word(before_, "set") || before_ == ","});
    } else if (word == ")" && !open_.empty()) {
      closed_ = open_.back();
      open_.pop_back();
    } else if (word == "," && !open_.empty()) {
      ++open_.back().columns;
    } else if (word == "=" && before_ == ")" && closed_.assigned) {
      bytes += closed_.columns * left;
    }
    before_ = word;
  }

  std::size_t bytes = 0;

 private:
  struct List {
    std::size_t columns = 0;
    bool assigned = false;  // stands where the columns of an assignment may stand
  };
  std::vector<List> open_;
  List closed_;
  std::string_view before_;
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// Behind the quoted text that begins there.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  const bool escapes = text[at] == '\'' && at > 0 && (text[at - 1] == 'E' || text[at - 1] == 'e') &&
                       (at == 1 || !is_word(text[at - 2]));
  const char ends[] = {text[at], '\\', '\0'};
  const std::string_view marks(ends, escapes ? 2 : 1);
  for (at = text.find_first_of(marks, at + 1); at < text.size() && text[at] == '\\';) {
    at = text.find_first_of(marks, at + 2);
  }
  return at < text.size() ? at + 1 : text.size();
}

std::size_t behind(std::string_view text, std::string_view mark, std::size_t at) {
  const auto found = text.find(mark, at);
  return found == std::string_view::npos ? text.size() : found + mark.size();
}

// At least as many as the scanner would make; what is quoted by $$ is counted as if it were not.
bool has_too_many_parts(std::string_view text) {
  if (text.size() <= most_parts) return false;
  std::size_t parts = 0;
  for (std::size_t at = 0; at < text.size() && parts <= most_parts;) {
    const char c = text[at];
    if (c == '\'' || c == '"') {
      at = end_of_quoted(text, at);
    } else if (text.substr(at, 2) == "--") {
      at = behind(text, "\n", at);
    } else if (text.substr(at, 2) == "/*") {
      at = behind(text, "*/", at);
    } else if (is_word(c)) {
      while (at < text.size() && is_word(text[at])) ++at;
    } else if (++at; c == ' ' || (c >= '\t' && c <= '\r')) {
      continue;
    }
    ++parts;
  }
  return parts > most_parts;
}

}  // namespace

bool too_costly_to_scan(std::string_view text) {
  if (has_too_many_parts(text)) return true;
  std::size_t count = 0;
  for (auto at = text.find("/*"); at != std::string_view::npos; at = text.find("/*", at + 1)) {
    if (++count > most_comments) return true;
  }
  return false;
}

bool too_costly_to_parse(std::string_view text, const std::vector<Token>& tokens) {
  std::size_t words = 0;
  Copies copies;
  for (const Token& token : tokens) {
    if (token.kind == TokenKind::comment) continue;
    const auto word = text.substr(token.begin, token.end - token.begin);
    if (token.kind == TokenKind::name || (token.kind == TokenKind::keyword && !is_value(word))) {
      ++words;
    }
    copies.take(word, text.size() - token.end);
  }
  return words > most_words || tokens.size() > most_parts || copies.bytes > most_copied_bytes;
}

}  // namespace occam::rewriter
