// What every rewrite takes and gives. A rewrite reads the tree, and writes down edits of the text,
// the changes for `occam explain`, and what the edits must make of the tree: rewriter.cpp applies
// them all at once and holds the second parse against it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "rewriter/edit.hpp"
#include "rewriter/parse_tree.hpp"
#include "rewriter/rewrite.hpp"
#include "rewriter/same_tree.hpp"

namespace occam::rewriter {

// A text as the parser took it: as it came, or with LOCK IN SHARE MODE read as FOR SHARE.
struct Reading {
  std::string original;
  std::string text;  // differs from `original` within share_modes only; same offsets
  std::vector<Token> tokens;
  ParseTree tree;
  std::vector<Span> share_modes;
};

struct Translation {
  Edits edits;
  std::vector<Change> changes;
  Substitutions expected;  // what the edits must make of the tree, and nothing else
  // Not null: run in place of the text, which must be a single statement. No edits then.
  std::unique_ptr<const StepPlan> plan;
  // Not null: the statement cannot be translated, and must not be sent as it is.
  std::unique_ptr<const Refusal> refusal;
  // Not null: the rows of a locking clause, of a text with one statement. Holds for the edited
  // text.
  std::unique_ptr<const RowAccess> rows;
  // Statements, by number, that have no effect any more: they count as reads.
  std::vector<std::size_t> idle;
  // The text means something else where it is not translated: if the proof fails it is refused.
  bool needed = false;
};

}  // namespace occam::rewriter
