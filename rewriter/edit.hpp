// Cuts and insertions in one text, gathered first and applied once. Knows no SQL. Owns the words it
// puts in; the text it is applied to belongs to the caller.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace occam::rewriter {

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The bytes [begin, end) become `words`; begin == end inserts.
struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string words;
};

class Edits {
 public:
  void replace(std::size_t begin, std::size_t end, std::string words);
  bool empty() const { return edits_.empty(); }

  // In order of place; edits must not overlap. Bytes outside them are copied as they are.
  std::string apply(std::string_view text) const;
  // In order of place.
  const std::vector<Edit>& list() const { return edits_; }

 private:
  std::vector<Edit> edits_;
};

}  // namespace occam::rewriter
