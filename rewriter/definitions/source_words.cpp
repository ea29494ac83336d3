#include "rewriter/definitions/source_words.hpp"

#include <algorithm>

#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

// "timestamp (3) without time zone [ 3 ] [ ]" is twelve.
constexpr std::size_t longest_type = 16;

}  // namespace

SourceWords::SourceWords(const Reading& reading, ParseTree::Extent extent) : text_(reading.text) {
  for (const Token& token : reading.tokens) {
    if (token.kind == TokenKind::comment || token.begin < extent.begin || token.end > extent.end) {
      continue;
    }
    tokens_.push_back(token);
  }
  while (!tokens_.empty() && word(tokens_.size() - 1) == ";") tokens_.pop_back();
}

std::size_t SourceWords::token_at(std::size_t place) const {
  const auto found = std::find_if(tokens_.begin(), tokens_.end(),
                                  [place](const Token& token) { return token.begin >= place; });
  return static_cast<std::size_t>(found - tokens_.begin());
}

std::string_view SourceWords::word(std::size_t token) const {
  if (token >= tokens_.size()) return {};
  return std::string_view(text_).substr(tokens_[token].begin,
                                        tokens_[token].end - tokens_[token].begin);
}

bool SourceWords::is(std::size_t token, std::string_view lower) const {
  return word(token).size() == lower.size() && same_word(word(token), lower);
}

// The longest run of words that the parser takes for a type.
Span SourceWords::type(Node type_name) const {
  const std::size_t first = token_at(location_of(type_name));
  Span longest;
  for (std::size_t i = first; i < std::min(tokens_.size(), first + longest_type); ++i) {
    const Span words{tokens_[first].begin, tokens_[i].end};
    if (ParseTree::parse("SELECT CAST(NULL AS " + text(words) + ")")) longest = words;
  }
  return longest;
}

std::size_t SourceWords::end_of_item(std::size_t place) const {
  int depth = 0;
  std::size_t end = place;
  for (std::size_t i = token_at(place); i < tokens_.size(); ++i) {
    const std::string_view here = word(i);
    if (here == "(" || here == "[") ++depth;
    if (here == ")" || here == "]") --depth;
    if (depth < 0 || (depth == 0 && here == ",")) break;
    end = tokens_[i].end;
  }
  return end;
}

Span SourceWords::between(std::size_t begin, std::size_t end) const {
  Span span{begin, begin};
  for (const Token& token : tokens_) {
    if (token.begin >= begin && token.end <= end) span.end = token.end;
  }
  return span;
}

Span SourceWords::clause(Node column, Node constraint) const {
  const std::size_t begin = location_of(constraint);
  std::size_t end = end_of_item(begin);
  const auto ends_at = [&](Node other) {
    if (other && location_of(other) > begin) end = std::min(end, location_of(other));
  };
  ends_at(column.at("collClause"));
  for (Node one = column.at("constraints").first(); one; one = one.next()) ends_at(one);
  return between(begin, end);
}

std::string SourceWords::text(Span span) const {
  return text_.substr(span.begin, span.end - span.begin);
}

}  // namespace occam::rewriter
