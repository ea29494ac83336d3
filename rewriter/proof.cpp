#include "rewriter/proof.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

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

// A character that ends any token before it and belongs to none behind it.
bool parts(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '(' || c == ')' || c == ',' ||
         c == ';';
}

// Complete tokens, whatever stands around them.
bool closed(std::string_view words) {
  const auto even = [words](char quote) {
    return std::count(words.begin(), words.end(), quote) % 2 == 0;
  };
  return even('\'') && even('"') && words.find_first_of("$\\") == std::string_view::npos &&
         words.find("--") == std::string_view::npos && words.find("/*") == std::string_view::npos;
}

// Whether it can be told without scanning again: each edit stands between tokens, holds whole ones,
// and a parting character keeps them from joining with their neighbours.
bool plainly_the_same(const std::string& before, const std::vector<Token>& tokens,
                      const std::vector<Edit>& edits) {
  auto token = tokens.begin();
  for (std::size_t i = 0; i < edits.size();) {
    const std::size_t begin = edits[i].begin;
    std::size_t end = edits[i].end;
    std::string words = edits[i].words;
    for (++i; i < edits.size() && edits[i].begin == end; ++i) {
      words += edits[i].words;
      end = edits[i].end;
    }
    while (token != tokens.end() && token->end <= begin) {
      if (token->kind == TokenKind::comment && token->end == begin) return false;
      ++token;
    }
    for (; token != tokens.end() && token->begin < end; ++token) {
      if (token->begin < begin || token->end > end) return false;
    }
    if (token != tokens.end() && token->begin < begin) return false;
    if (words.empty() || !closed(words)) return false;
    // Two strings with a line's end between them are one.
    if (words.front() == '\'' || words.back() == '\'') return false;
    if (begin > 0 && !parts(before[begin - 1]) && !parts(words.front())) return false;
    if (end < before.size() && !parts(words.back()) && !parts(before[end])) return false;
  }
  return true;
}

}  // namespace

bool same_tokens_outside(const std::string& before, const std::vector<Token>& tokens,
                         const Edits& edits, const std::string& after) {
  if (plainly_the_same(before, tokens, edits.list())) return true;
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
