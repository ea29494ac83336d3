// Small questions to a parse tree that every reader of statements asks. Pure.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "rewriter/parse_tree.hpp"

namespace emulator {

inline void add_once(std::vector<std::string>& list, std::string value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

inline std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

inline std::string_view word(std::string_view text, const occam::rewriter::Token& token) {
  return text.substr(token.begin, token.end - token.begin);
}

// Whether a token is that word, given in capitals. What is longer cannot be.
inline bool is(std::string_view text, const occam::rewriter::Token& token,
               std::string_view capitals) {
  return token.end - token.begin == capitals.size() && upper(word(text, token)) == capitals;
}

// A RangeVar as "schema.name" or "name".
inline std::string relation_name(occam::rewriter::Node range) {
  const std::string name(range.text("relname"));
  const std::string schema(range.text("schemaname"));
  return schema.empty() ? name : schema + "." + name;
}

// The unqualified end of a list of String nodes.
inline std::string last_word(occam::rewriter::Node names) {
  std::string word;
  for (auto part = names.first(); part; part = part.next()) word = part.text("sval");
  return word;
}

}  // namespace emulator
