// The parts of an AND, however it is bracketed; the condition itself if it is none.
#pragma once

#include <vector>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

inline std::vector<Node> conjuncts(Node condition) {
  std::vector<Node> parts;
  walk(condition, [&](Node node) {
    if (node.type() == "BoolExpr" && node.text("boolop") == "AND_EXPR") return true;
    if (node.shape() == Cell::Shape::list) return true;
    if (node.shape() == Cell::Shape::object) parts.push_back(node);
    return false;
  });
  return parts;
}

}  // namespace occam::rewriter
