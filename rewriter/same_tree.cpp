#include "rewriter/same_tree.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "rewriter/conjuncts.hpp"

namespace occam::rewriter {
namespace {

using Kind = Substitution::Kind;

// Positions move with every edit. CREATE TABLESPACE has a location that is a string: it counts.
bool is_position(Node node) {
  return node.shape() == Cell::Shape::number &&
         (node.field() == "location" || node.field() == "stmt_location" ||
          node.field() == "stmt_len");
}

Node past_positions(Node node) {
  while (node && is_position(node)) node = node.next();
  return node;
}

bool is_hole(Node node) { return node.type() == "ParamRef" && node.number("number") == 65536; }

// There are few templates, and each is parsed once per process; their trees are never freed.
Node template_of(const std::string& text) {
  static std::mutex mutex;
  static std::map<std::string, std::optional<ParseTree>> templates;
  const std::lock_guard lock(mutex);
  auto [found, fresh] = templates.try_emplace(text);
  if (fresh) found->second = ParseTree::parse("SELECT " + text);
  if (!found->second) return {};
  return found->second->statements().front().at("targetList").first().at("val");
}

class Comparison {
 public:
  explicit Comparison(const Substitutions& substitutions) : substitutions_(substitutions) {}

  bool same(Node before, Node after) const {
    const auto* meant = find(before);
    if (meant != nullptr && meant->kind == Kind::opaque) return true;
    if (meant != nullptr && meant->kind == Kind::wrapped) {
      const Node wrapping = template_of(meant->text);
      return wrapping && same_as_template(wrapping, before, after);
    }
    if (meant != nullptr && meant->kind == Kind::conjoined) {
      return same_conjoined(template_of(meant->text), before, after);
    }
    return same_here(before, after, meant);
  }

 private:
  const Substitution* find(Node node) const {
    const auto found = substitutions_.find(node.id());
    return found == substitutions_.end() ? nullptr : &found->second;
  }

  bool same_here(Node before, Node after, const Substitution* meant) const {
    if (before.shape() != after.shape() || before.type() != after.type()) return false;
    const bool word = meant != nullptr && meant->kind == Kind::text;
    if ((word ? std::string_view(meant->text) : before.text()) != after.text() ||
        before.number() != after.number()) {
      return false;
    }
    const bool named = meant != nullptr && meant->kind == Kind::named;
    if (named && (before.at("name") || after.text("name") != meant->text)) return false;
    const auto past = [named](Node node) {
      node = past_positions(node);
      return named && node && node.field() == "name" ? past_positions(node.next()) : node;
    };
    Node a = left_of_before(before.first());
    Node b = past(after.first());
    while (a && b) {
      if (a.field() != b.field()) return false;
      const auto* one = find(a);
      if (one != nullptr && one->kind == Kind::preceded) {
        if (b.type() != "String" || b.text("sval") != one->text) return false;
        b = past(b.next());
        if (!b) return false;
      }
      if (one != nullptr && one->kind == Kind::expanded) {
        for (std::size_t i = 1; i < one->count && b; ++i) b = past(b.next());
        if (!b) return false;
      } else if (!same(a, b)) {
        return false;
      }
      a = left_of_before(a.next());
      b = past(b.next());
    }
    return !a && !b;
  }

  bool same_as_template(Node wrapping, Node before, Node after) const {
    if (is_hole(wrapping)) return same_here(before, after, nullptr);
    if (wrapping.shape() != after.shape() || wrapping.type() != after.type() ||
        wrapping.text() != after.text() || wrapping.number() != after.number()) {
      return false;
    }
    Node a = past_positions(wrapping.first());
    Node b = past_positions(after.first());
    for (; a && b; a = past_positions(a.next()), b = past_positions(b.next())) {
      if (a.field() != b.field() || !same_as_template(a, before, b)) return false;
    }
    return !a && !b;
  }

  // The parser makes one list of a AND b AND c.
  bool same_conjoined(Node added, Node before, Node after) const {
    const std::vector<Node> were = conjuncts(before);
    const std::vector<Node> are = conjuncts(after);
    return added && are.size() == were.size() + 1 && same_as_template(added, before, are.front()) &&
           std::equal(were.begin(), were.end(), are.begin() + 1, [&](Node a, Node b) {
             return a == before ? same_here(a, b, nullptr) : same(a, b);
           });
  }

  bool is_cut(Node node) const {
    const auto* meant = find(node);
    return meant != nullptr && meant->kind == Kind::gone;
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
