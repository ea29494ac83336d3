#include "rewriter/nesting.hpp"

#include <algorithm>

#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

// One bracket level. Between two commas every operator may put what came before one level deeper:
// 1+1+1 leans left, NOT NOT x leans right, and the deepest bracket may be the first operand.
struct Level {
  bool is_case = false;
  std::size_t links = 0;    // joins and set operations, which commas do not end
  std::size_t chain = 0;    // operators since the last comma, AND or OR (those make flat lists)
  std::size_t inner = 0;    // deepest bracket closed since then
  std::size_t widest = 0;   // of this statement's stretches
  std::size_t deepest = 0;  // of all statements

  void end_stretch() {
    widest = std::max(widest, chain + inner);
    chain = 0;
    inner = 0;
  }
  void end_statement() {
    end_stretch();
    deepest = std::max(deepest, widest + links);
    widest = 0;
    links = 0;
  }
};

bool opens(std::string_view word) { return word == "(" || word == "[" || same_word(word, "case"); }

bool links(std::string_view word) {
  return same_word(word, "join") || same_word(word, "union") || same_word(word, "intersect") ||
         same_word(word, "except");
}

bool separates(std::string_view word) {
  return word == "," || same_word(word, "and") || same_word(word, "or");
}

class Depth {
 public:
  void take(std::string_view word) {
    Level& level = levels_.back();
    if (opens(word)) {
      ++level.chain;
      levels_.push_back({.is_case = word.size() > 1});
    } else if (word == ")" || word == "]" || (level.is_case && same_word(word, "end"))) {
      close();
    } else if (separates(word)) {
      level.end_stretch();
    } else if (word == ";") {
      level.end_statement();
    } else if (links(word)) {
      ++level.links;
    } else if (word != ".") {
      ++level.chain;
    }
  }

  std::size_t bound() {
    while (levels_.size() > 1) close();
    levels_.back().end_statement();
    return levels_.back().deepest;
  }

 private:
  void close() {
    if (levels_.size() == 1) return;  // one bracket too many: the parser will say so
    levels_.back().end_statement();
    const std::size_t depth = levels_.back().deepest;
    levels_.pop_back();
    levels_.back().inner = std::max(levels_.back().inner, depth);
  }

  std::vector<Level> levels_{1};
};

}  // namespace

std::size_t depth_bound(std::string_view text, const std::vector<Token>& tokens) {
  Depth depth;
  for (const Token& token : tokens) {
    if (token.kind == TokenKind::keyword || token.kind == TokenKind::symbol) {
      depth.take(text.substr(token.begin, token.end - token.begin));
    }
  }
  return depth.bound();
}

}  // namespace occam::rewriter
