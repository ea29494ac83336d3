#include "rewriter/redacted.hpp"

#include "rewriter/edit.hpp"
#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

std::string redacted(const std::string& text) {
  const auto tokens = scan(text);
  if (!tokens) return {};
  Edits edits;
  for (const auto& token : *tokens) {
    if (token.kind == TokenKind::string || token.kind == TokenKind::number)
      edits.replace(token.begin, token.end, "?");
    else if (token.kind == TokenKind::comment)
      edits.replace(token.begin, token.end, "");
  }
  auto shown = edits.apply(text);
  // A quote that is left would be a value that the scanner misplaced: better nothing than that.
  return shown.find('\'') == std::string::npos ? shown : std::string();
}

}  // namespace occam::rewriter
