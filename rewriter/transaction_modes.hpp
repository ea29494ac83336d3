// Isolation levels and the like, in BEGIN and in SET TRANSACTION (facts/dsql.md §1.6): DSQL has one
// level, REPEATABLE READ, which keeps what the weaker ones promise. Knows no parameter.
#pragma once

#include "rewriter/translation.hpp"

namespace occam::rewriter {

// Where a statement stands in the text, comments before and behind it left out.
struct Stretch {
  Node statement;
  std::vector<Token> tokens;  // no comments
  std::size_t begin() const { return tokens.front().begin; }
  std::size_t end() const { return tokens.back().end; }
};

// What is to be done with a list of modes.
struct Modes {
  std::unique_ptr<const Refusal> refusal;
  std::string kept;      // the modes that the server is to see, as SQL
  bool cut = false;      // some are left out
  bool all_cut = false;  // none is left
};

// BEGIN and START TRANSACTION: weaker levels are cut.
void translate_begin(const Stretch& begin, Translation& out);

// `list` holds DefElem nodes. Those that are cut are written down in `expected`.
Modes judge_modes(Node list, Substitutions& expected);

// Null if SET TRANSACTION with these modes makes no difference.
std::unique_ptr<const Refusal> refuse_set_transaction(Node statement);

// The modes in `stretch`, from the first on, become those that are kept.
void replace_modes(const Stretch& stretch, Node list, const Modes& modes, Translation& out);

}  // namespace occam::rewriter
