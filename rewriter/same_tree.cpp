#include "rewriter/same_tree.hpp"

#include <algorithm>

namespace occam::rewriter {
namespace {

class Comparison {
 public:
  explicit Comparison(const Substitutions& substitutions) : substitutions_(substitutions) {}

  bool same(Node before, Node after) const {
    if (before.shape() != after.shape() || before.type() != after.type()) return false;
    if (expected_text(before) != after.text() || before.number() != after.number()) return false;
    Node a = left_of_before(before.first());
    Node b = past_positions(after.first());
    for (; a && b; a = left_of_before(a.next()), b = past_positions(b.next())) {
      if (a.field() != b.field() || !same(a, b)) return false;
    }
    return !a && !b;
  }

 private:
  std::string_view expected_text(Node node) const {
    const auto found = substitutions_.find(node.id());
    return found != substitutions_.end() && found->second ? *found->second : node.text();
  }

  bool is_cut(Node node) const {
    const auto found = substitutions_.find(node.id());
    return found != substitutions_.end() && !found->second;
  }

  // Positions move with every edit. CREATE TABLESPACE has a location that is a string: it counts.
  static bool is_position(Node node) {
    return node.shape() == Cell::Shape::number &&
           (node.field() == "location" || node.field() == "stmt_location" ||
            node.field() == "stmt_len");
  }

  // The parser leaves an empty list out, so a list whose every element is gone is gone itself.
  bool is_gone(Node node) const {
    if (is_position(node) || is_cut(node)) return true;
    if (node.shape() != Cell::Shape::list || !node.first()) return false;
    for (Node child = node.first(); child; child = child.next()) {
      if (!is_cut(child)) return false;
    }
    return true;
  }

  // Substitutions name nodes of the tree before; the same number in the tree after is another node.
  Node left_of_before(Node node) const {
    while (node && is_gone(node)) node = node.next();
    return node;
  }

  static Node past_positions(Node node) {
    while (node && is_position(node)) node = node.next();
    return node;
  }

  const Substitutions& substitutions_;
};

}  // namespace

bool same_tree(const ParseTree& before, const ParseTree& after,
               const Substitutions& substitutions) {
  return std::equal(before.statements().begin(), before.statements().end(),
                    after.statements().begin(), after.statements().end(),
                    [&](Node a, Node b) { return Comparison(substitutions).same(a, b); });
}

}  // namespace occam::rewriter
