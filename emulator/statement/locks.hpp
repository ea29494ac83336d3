// Reads the locking clauses of one statement out of its tree and its tokens. Pure.
#pragma once

#include <string>
#include <vector>

#include "rewriter/parse_tree.hpp"

#include "emulator/statement/statement.hpp"

namespace emulator {

// Appends a SELECT that locks to statement.locked.
void collect_locks(occam::rewriter::Node select, bool outermost, Statement& statement);

// The unqualified columns that a WHERE compares by = with a constant, all ANDed.
std::vector<std::string> columns_compared(occam::rewriter::Node where);

// Finds the FROM of the statement's own SELECT: the first one outside all parentheses.
void locate_from(const std::vector<occam::rewriter::Token>& tokens, const std::string& text,
                 Statement& statement);

// And the UPDATE of its FOR UPDATE clauses, likewise outside all parentheses.
void locate_for_update(const std::vector<occam::rewriter::Token>& tokens, const std::string& text,
                       Statement& statement);

// NOWAIT and SKIP LOCKED ask what to do about a wait. Nothing waits in DSQL (facts/dsql.md §0.13);
// in PostgreSQL they would see the locks of another session's probe. Spaces keep positions right.
void blank_wait_policies(const std::vector<occam::rewriter::Token>& tokens,
                         const Statement& statement, std::string& text);

}  // namespace emulator
