// A text as it may be logged: every string and number is a question mark, comments are gone, so
// that no value a client wrote stands in it. Knows tokens only.
#pragma once

#include <string>

namespace occam::rewriter {

// Empty where the text cannot be cut into tokens: what is not understood is not shown.
std::string redacted(const std::string& text);

}  // namespace occam::rewriter
