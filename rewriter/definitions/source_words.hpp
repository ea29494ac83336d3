// Where the parts of a definition stand in its text: types, clauses, list items. The tree says
// where a part begins; the tokens say where it ends. Views into the Reading, which must outlive it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rewriter/edit.hpp"
#include "rewriter/parse_tree.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

class SourceWords {
 public:
  // Of the statement that stands at `extent`.
  SourceWords(const Reading& reading, ParseTree::Extent extent);

  // The token that begins at or after this place, comments left out; tokens().size() if none.
  std::size_t token_at(std::size_t place) const;
  const std::vector<Token>& tokens() const { return tokens_; }
  std::string_view word(std::size_t token) const;
  bool is(std::size_t token, std::string_view lower) const;

  // From the type's first word to its last, brackets and all.
  Span type(Node type_name) const;
  // Up to the comma or bracket that ends the list item this place is in.
  std::size_t end_of_item(std::size_t place) const;
  // From one place to the last word before another.
  Span between(std::size_t begin, std::size_t end) const;
  // The clause of a column definition that begins at the node's location: up to where the column's
  // next clause begins, or to the item's end.
  Span clause(Node column, Node constraint) const;
  // Where the statement's last word ends.
  std::size_t end() const { return tokens_.empty() ? 0 : tokens_.back().end; }

  std::string text(Span span) const;

 private:
  const std::string& text_;
  std::vector<Token> tokens_;  // no comments, no closing semicolon
};

inline std::size_t location_of(Node node) {
  return static_cast<std::size_t>(node.number("location"));
}

}  // namespace occam::rewriter
