// A Rewrite for a person (`occam explain`) and for a program (`--json`). Pure: text out, no output.
// Knows no rule; says what the Rewrite says.
#pragma once

#include <string>
#include <string_view>

#include "rewriter/rewrite.hpp"

namespace occam::rewriter {

// Ends with a newline.
std::string explain_text(std::string_view original, const Rewrite& rewrite);

// One object: original, rewritten, changed, parsed, statements, changes, steps, slices, row_access
// and refusal (null if none).
std::string explain_json(std::string_view original, const Rewrite& rewrite);

}  // namespace occam::rewriter
