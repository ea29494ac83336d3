// Constants of type bytea as the hex text that stands for them in a binary key. Knows no table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// The bytes that bytea's input reads from a string, in hex; nothing if it would refuse the string.
std::optional<std::string> hex_of(std::string_view value);

// The same for 'x', 'x'::bytea and NULL, as a literal; nothing for any other expression.
std::optional<std::string> hex_literal(Node expression);

}  // namespace occam::rewriter
