#include "rewriter/proof.hpp"

#include <optional>

namespace occam::rewriter {
namespace {

// A token inside a span belongs to the edit; one that only touches it from within straddles its
// edge, and then the edit has changed a word it should not have.
std::optional<std::vector<Token>> outside(const std::vector<Token>& tokens,
                                          const std::vector<Span>& spans) {
  std::vector<Token> kept;
  std::size_t next = 0;
  for (const Token& token : tokens) {
    while (next < spans.size() && spans[next].end <= token.begin) ++next;
    if (next == spans.size() || token.end <= spans[next].begin) {
      kept.push_back(token);
    } else if (token.begin < spans[next].begin || token.end > spans[next].end) {
      return std::nullopt;
    }
  }
  return kept;
}

}  // namespace

bool same_tokens_outside(const std::vector<Token>& tokens, const Edits& edits,
                         const std::string& after) {
  const auto after_tokens = scan(after);
  if (!after_tokens) return false;
  std::vector<Span> cut;
  std::vector<Span> put;
  std::ptrdiff_t shift = 0;
  for (const Edit& edit : edits.list()) {
    const auto begin = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(edit.begin) + shift);
    cut.push_back({edit.begin, edit.end});
    put.push_back({begin, begin + edit.words.size()});
    shift += static_cast<std::ptrdiff_t>(edit.words.size()) -
             static_cast<std::ptrdiff_t>(edit.end - edit.begin);
  }
  const auto kept = outside(tokens, cut);
  const auto still = outside(*after_tokens, put);
  if (!kept || !still || kept->size() != still->size()) return false;
  // Bytes outside the edits were copied, so equal length, kind and place relative to the edits are
  // equal words.
  std::size_t next = 0;
  shift = 0;
  for (std::size_t i = 0; i < kept->size(); ++i) {
    while (next < cut.size() && cut[next].end <= (*kept)[i].begin) {
      shift =
          static_cast<std::ptrdiff_t>(put[next].end) - static_cast<std::ptrdiff_t>(cut[next].end);
      ++next;
    }
    const Token& a = (*kept)[i];
    const Token& b = (*still)[i];
    if (a.kind != b.kind || a.end - a.begin != b.end - b.begin ||
        static_cast<std::ptrdiff_t>(a.begin) + shift != static_cast<std::ptrdiff_t>(b.begin)) {
      return false;
    }
  }
  return true;
}

}  // namespace occam::rewriter
