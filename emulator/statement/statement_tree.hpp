// From the tree of one statement to its plain values. Pure.
#pragma once

#include "rewriter/parse_tree.hpp"

#include "emulator/statement/statement.hpp"

namespace emulator {

// All but what only its text and tokens tell: where it stands, its FROM, ASYNC, its constants.
Statement read_statement(occam::rewriter::Node node);

}  // namespace emulator
