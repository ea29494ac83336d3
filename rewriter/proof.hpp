// The other half of the proof beside same_tree: nothing outside the edits was read differently.
// It also catches what the parser's JSON hides, the values of negative constants. Knows no rule.
#pragma once

#include <string>
#include <vector>

#include "rewriter/edit.hpp"
#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// Outside the edits every token stands as before. `tokens` are those of `before`, `after` is what
// the edits make of it.
bool same_tokens_outside(const std::string& before, const std::vector<Token>& tokens,
                         const Edits& edits, const std::string& after);

}  // namespace occam::rewriter
