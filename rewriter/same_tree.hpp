// Whether one tree is another with the changes that were meant, and none besides.
// Knows no SQL beyond which numbers are positions in the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// What the meant edits make of nodes of the tree before, by Node::id: another text, or (nothing)
// the node is gone.
using Substitutions = std::unordered_map<std::uint32_t, std::optional<std::string>>;

// Whether `after` is `before` with the substitutions made, positions in the text left aside.
bool same_tree(const ParseTree& before, const ParseTree& after, const Substitutions& substitutions);

}  // namespace occam::rewriter
