#include "rewriter/lock_sites.hpp"

#include <initializer_list>

#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

// The tokens without comments, with the text they cover.
class Words {
 public:
  Words(std::string_view text, const std::vector<Token>& tokens) : text_(text) {
    for (const Token& token : tokens) {
      if (token.kind != TokenKind::comment) tokens_.push_back(token);
    }
  }

  std::size_t size() const { return tokens_.size(); }
  const Token& operator[](std::size_t i) const { return tokens_[i]; }
  std::string_view word(std::size_t i) const {
    return i < size() ? text_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin)
                      : std::string_view();
  }
  bool is_keyword(std::size_t i, std::string_view word_wanted) const {
    return i < size() && tokens_[i].kind == TokenKind::keyword && same_word(word(i), word_wanted);
  }
  bool are_keywords(std::size_t i, std::initializer_list<std::string_view> wanted) const {
    for (const std::string_view w : wanted) {
      if (!is_keyword(i++, w)) return false;
    }
    return true;
  }

  // Behind one name: ident(.ident)*, an ident being also U&"..." UESCAPE '!'.
  std::size_t skip_name(std::size_t i) const {
    i = skip_ident(i);
    while (word(i) == ".") i = skip_ident(i + 1);
    return i;
  }

 private:
  std::size_t skip_ident(std::size_t i) const {
    return is_keyword(i + 1, "uescape") ? i + 3 : i + 1;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
};

struct Spelling {
  LockStrength strength;
  std::initializer_list<std::string_view> words;
};

std::optional<LockSite> site_at(const Words& words, std::size_t at) {
  static const Spelling spellings[] = {
      {LockStrength::update, {"for", "update"}},
      {LockStrength::no_key_update, {"for", "no", "key", "update"}},
      {LockStrength::share, {"for", "share"}},
      {LockStrength::key_share, {"for", "key", "share"}},
  };
  for (const Spelling& spelling : spellings) {
    if (!words.are_keywords(at, spelling.words)) continue;
    LockSite site;
    site.strength = spelling.strength;
    site.begin = words[at].begin;
    std::size_t i = at + 1;
    for (; i < at + spelling.words.size(); ++i) site.words.push_back(words[i]);
    if (words.is_keyword(i, "of")) {
      site.of = words[i];
      i = words.skip_name(i + 1);
      while (words.word(i) == ",") i = words.skip_name(i + 1);
    }
    if (words.is_keyword(i, "nowait")) {
      i += 1;
    } else if (words.are_keywords(i, {"skip", "locked"})) {
      i += 2;
    }
    if (i > words.size()) return std::nullopt;
    site.end = words[i - 1].end;
    return site;
  }
  return std::nullopt;
}

}  // namespace

std::vector<LockSite> find_lock_sites(std::string_view text, const std::vector<Token>& tokens) {
  const Words words(text, tokens);
  std::vector<LockSite> sites;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (auto site = site_at(words, i)) sites.push_back(std::move(*site));
  }
  return sites;
}

std::vector<Span> find_share_modes(std::string_view text, const std::vector<Token>& tokens) {
  const Words words(text, tokens);
  std::vector<Span> found;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words.are_keywords(i, {"lock", "in", "share", "mode"})) {
      found.push_back({words[i].begin, words[i + 3].end});
    }
  }
  return found;
}

std::string respell_share_modes(std::string_view text, const std::vector<Span>& share_modes) {
  std::string respelled(text);
  for (const Span& span : share_modes) {
    std::string filled = "FOR SHARE";
    filled.resize(span.end - span.begin, ' ');
    respelled.replace(span.begin, filled.size(), filled);
  }
  return respelled;
}

}  // namespace occam::rewriter
