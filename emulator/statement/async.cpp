#include "emulator/statement/async.hpp"

#include <algorithm>
#include <string_view>

#include "emulator/statement/tree.hpp"

namespace emulator {
namespace {

using occam::rewriter::Token;
using occam::rewriter::TokenKind;

constexpr std::string_view async = "ASYNC";

}  // namespace

std::vector<std::size_t> async_words(const std::vector<Token>& tokens, const std::string& text) {
  std::vector<std::size_t> words;
  std::vector<std::string> before;  // the statement's first tokens, empty for what is no keyword
  for (const auto& token : tokens) {
    if (token.kind == TokenKind::comment) continue;
    if (token.kind == TokenKind::name && is(text, token, async)) {
      using Words = std::vector<std::string>;
      if (before == Words{"CREATE", "INDEX"} || before == Words{"CREATE", "UNIQUE", "INDEX"} ||
          before == Words{"CREATE", "INDEX", "CONCURRENTLY"} || before == Words{"ALTER", "TABLE"})
        words.push_back(token.begin);
    }
    if (is(text, token, ";"))
      before.clear();
    else if (before.size() < 4)
      before.push_back(token.kind == TokenKind::keyword ? upper(word(text, token)) : "");
  }
  return words;
}

void blank_async(const std::vector<std::size_t>& words, std::string& text) {
  for (const auto begin : words)
    std::fill_n(text.begin() + static_cast<long>(begin), async.size(), ' ');
}

}  // namespace emulator
