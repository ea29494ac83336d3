// Reads what a statement defines out of its tree and its tokens. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rewriter/parse_tree.hpp"

#include "emulator/statement/definition.hpp"

namespace emulator {

// Nothing for a statement that defines nothing the rules look into.
std::optional<Definition> read_definition(occam::rewriter::Node statement);

// Whether CREATE INDEX says USING. The tree says "btree" either way, so the tokens of the statement
// between `begin` and `end` are asked.
bool names_method(const std::vector<occam::rewriter::Token>& tokens, const std::string& text,
                  std::size_t begin, std::size_t end);

}  // namespace emulator
