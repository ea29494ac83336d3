// Writes down what the translation does to the text, and what that must make of the tree. Knows
// places and words, no SQL rule. An element that the tree holds several times, as the parser does
// with (a, b) = (...), is edited once.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "rewriter/binary_keys/spans.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

class Pen {
 public:
  explicit Pen(const Reading& reading) : text_(reading.text) {}

  // A stored column becomes the client's bytes; with a name where the output would lose its own.
  void decode(Node node, Span span, std::string_view name);
  // The client's bytes become what is stored.
  void encode(Node node, Span span);
  // The output keeps the name it would have had. `target` is the list's element.
  void name(Node target, Span span, std::string_view name);
  // A name in ORDER BY becomes a column of FROM. `field` is the first part of the reference.
  void qualify(Node field, Span span, std::string_view source);
  // A star becomes `count` columns.
  void expand(Node target, Span span, std::string columns, std::size_t count);

  std::size_t size() const { return expected_.size(); }
  // Of the words put in.
  std::size_t bytes() const { return bytes_; }
  // Once, at the end.
  Translation done();

 private:
  // Where several words come to stand at one place: what closes comes before what opens, the inner
  // closes first and the outer opens first.
  struct Mark {
    std::size_t at;
    int turn;              // 0 closes, 1 opens, 2 replaces
    std::size_t distance;  // to the other end
    std::size_t number;
    std::size_t end;
    std::string words;
  };

  bool fresh(Span span, std::string_view words);
  void open(Span span, std::string words);
  void close(Span span, std::string words);
  void note(const char* rule, std::string before, std::string after, const char* reason);
  bool in_word(std::size_t at) const;

  std::string_view text_;
  std::vector<Mark> marks_;
  std::set<std::tuple<std::size_t, std::size_t, std::string>> done_;
  std::vector<Change> changes_;
  std::map<std::string_view, std::size_t> noted_;  // by rule, those that were left out included
  std::size_t bytes_ = 0;
  Substitutions expected_;
};

}  // namespace occam::rewriter
