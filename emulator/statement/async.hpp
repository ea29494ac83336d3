// ASYNC, which DSQL's grammar has and PostgreSQL's has not: CREATE [UNIQUE] INDEX ASYNC and ALTER
// TABLE ASYNC (facts/dsql.md §3.3, §3.4). It is found by tokens and blanked, so that what is left
// is PostgreSQL's statement with every position kept. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "rewriter/parse_tree.hpp"

namespace emulator {

// Where each such word begins.
std::vector<std::size_t> async_words(const std::vector<occam::rewriter::Token>& tokens,
                                     const std::string& text);

void blank_async(const std::vector<std::size_t>& words, std::string& text);

}  // namespace emulator
