// What reading a text may cost beyond its length: the shapes whose cost grows faster than that.
// Long values cost their length; a flat text of many words, comments or assigned lists does not.
#pragma once

#include <string_view>
#include <vector>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// Before the text is cut into tokens.
bool too_costly_to_scan(std::string_view text);
bool too_costly_to_parse(std::string_view text, const std::vector<Token>& tokens);

}  // namespace occam::rewriter
