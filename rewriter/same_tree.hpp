// Whether one tree is another with the changes that were meant, and none besides.
// Knows no SQL beyond which numbers are positions in the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// Where the old node stands in a template. PostgreSQL has no parameter of this number.
inline constexpr auto hole = "$65536";

// What a meant edit makes of one node of the tree before.
struct Substitution {
  enum class Kind {
    text,       // a word in its place
    gone,       // an element of a list is cut
    wrapped,    // the expression `text`, a template with a hole, around the node
    named,      // a column of a SELECT list gets this name
    opaque,     // another node of any kind in its place: the edit is trusted
    expanded,   // `count` elements of a list in its place, trusted as well
    preceded,   // an element of a list: the String `text` comes to stand before it
    conjoined,  // a condition: the condition `text` comes to stand before it, with AND
  };
  Kind kind = Kind::text;
  std::string text;
  std::size_t count = 0;

  static Substitution word(std::string text) { return {Kind::text, std::move(text), 0}; }
  static Substitution cut() { return {Kind::gone, {}, 0}; }
  static Substitution wrap(std::string text) { return {Kind::wrapped, std::move(text), 0}; }
  static Substitution name(std::string text) { return {Kind::named, std::move(text), 0}; }
  static Substitution trust() { return {Kind::opaque, {}, 0}; }
  static Substitution expand(std::size_t count) { return {Kind::expanded, {}, count}; }
  static Substitution precede(std::string text) { return {Kind::preceded, std::move(text), 0}; }
  static Substitution conjoin(std::string text) { return {Kind::conjoined, std::move(text), 0}; }
};

// By Node::id.
using Substitutions = std::unordered_map<std::uint32_t, Substitution>;

// Whether `after` is `before` with the substitutions made, positions in the text left aside.
bool same_tree(const ParseTree& before, const ParseTree& after, const Substitutions& substitutions);

}  // namespace occam::rewriter
