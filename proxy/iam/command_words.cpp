#include "proxy/iam/command_words.hpp"

namespace occam::iam {

std::optional<std::vector<WipedText>> command_words(std::string_view line) {
  std::vector<WipedText> words;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (quote == '\0' && blank) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '\\' && quote != '\'') {
      if (i + 1 == line.size()) return std::nullopt;
      // Between double quotes a backslash is one, unless it stands before a quote or another.
      if (quote == '\0' || line[i + 1] == '"' || line[i + 1] == '\\') c = line[++i];
      words.back() += c;
    } else {
      words.back() += c;
    }
  }
  if (quote != '\0') return std::nullopt;
  return words;
}

}  // namespace occam::iam
