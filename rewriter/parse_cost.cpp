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

}  // namespace

bool too_costly_to_scan(std::string_view text) {
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
  return words > most_words || copies.bytes > most_copied_bytes;
}

}  // namespace occam::rewriter
