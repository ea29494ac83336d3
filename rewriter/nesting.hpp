// How deep a text's tree can become, told from its tokens before anything is parsed.
// Parsing recurses and a deep tree overflows the stack, which no catch survives (facts/peers.md
// C3). Knows brackets, CASE and what chains operands; never refuses a flat text for its length.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// Texts above this bound are not parsed. Real statements stay below 100.
inline constexpr std::size_t deepest_parsed = 1000;

// An upper bound, in levels of expression, join or set operation.
std::size_t depth_bound(std::string_view text, const std::vector<Token>& tokens);

}  // namespace occam::rewriter
