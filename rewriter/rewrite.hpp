// What became of one text: plain values, immutable once made. Knows no tree and no rule.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rewriter/row_access.hpp"
#include "rewriter/statement.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

// One edit that was made, for `occam explain`, the log and the counters.
struct Change {
  std::string rule;      // closed list, a metric label: rewriter/README.md, "Rules"
  std::string before;    // the words that stood there
  std::string after;     // the words that stand there now; empty if cut
  std::string reason;    // one sentence: why it is safe, or what it weakens
  bool weakens = false;  // asked for by name in a rule (share: drop)
};

// Occam answers this text itself with an ErrorResponse; the text is never executed.
struct Refusal {
  std::string code;     // SQLSTATE, 0A000
  std::string message;  // what is refused
  std::string hint;     // what to do instead
};

// The outcome for one text. Immutable, shared between the sessions that use the text.
struct Rewrite {
  std::string text;      // what to send; equal to the input, byte for byte, if !changed
  std::string original;  // the input, where it was changed or refused; empty otherwise
  bool changed = false;
  std::vector<Statement> statements;  // in order; empty if the text was empty or not parsed
  std::vector<Change> changes;
  // Null: may be sent. Beside a plan: what is said where the statement does not stand alone.
  std::unique_ptr<const Refusal> refusal;
  // Not null: `text` is never sent; these steps are run in its place, for a statement that stands
  // alone and outside a transaction.
  std::unique_ptr<const StepPlan> plan;
  // The same for an autocommit DELETE that was refused for its number of rows (54000). Null: it may
  // not be cut up.
  std::unique_ptr<const StepPlan> slices;
  // Not null: rows that the relay keeps account of while a transaction is open.
  std::unique_ptr<const RowAccess> rows;
  bool blind_delete = false;  // its number of rows is no part of the answer: DeleteRule::blind
  bool parsed = false;        // false: too long, too deep or a syntax error; sent as it is
};

}  // namespace occam::rewriter
