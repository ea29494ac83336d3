// Where in the text a part of the tree stands. The tree says where an expression begins or what
// its operator is, the tokens say where it ends. Only forms that cannot be misread are found; the
// second parse proves what is made of them. Knows SQL's words, no rule.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rewriter/edit.hpp"
#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

class Spans {
 public:
  // Views into both, which must outlive it.
  Spans(const std::string& text, const std::vector<Token>& tokens);

  // A parameter, string, NULL, column, function call, sub-select in brackets, or a cast of one of
  // these by :: to a type of one word or by CAST.
  std::optional<Span> of(Node expression) const;
  // `name`, `t.name`, `t.*`.
  std::optional<Span> of_column(Node column_ref) const;
  // An element of a SELECT or RETURNING list, without its alias.
  std::optional<Span> of_target(Node target) const;
  // The value of `column = value` in a SET list.
  std::optional<Span> of_assigned(Node target) const;
  // The elements of `( ... , ... )` or ROW( ... ) that begins at this place.
  std::vector<Span> elements(std::size_t location) const;
  // The same of every row of an INSERT's VALUES, which is looked for behind `location`.
  std::vector<std::vector<Span>> rows(std::size_t location) const;

  std::string_view text(Span span) const { return text_.substr(span.begin, span.end - span.begin); }

 private:
  using Index = std::size_t;  // of a token; tokens_.size(): none

  Index at(std::size_t location) const;
  bool is(Index index, std::string_view lower) const;
  std::string_view word(Index index) const;
  int deeper(Index index) const;
  Index closing(Index open) const;
  Index end_of_list_element(Index first) const;
  std::optional<Span> between(Index first, Index behind) const;
  std::optional<Span> of_cast(Node cast) const;
  std::optional<Span> bracketed(std::size_t location, bool array) const;
  std::vector<Span> split(Index open) const;

  std::string_view text_;
  std::vector<Token> tokens_;  // without comments
};

}  // namespace occam::rewriter
