// UPDATE and DELETE of one row, named by the key of its table's rule.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "rewriter/parse_tree.hpp"
#include "rewriter/rewrite.hpp"
#include "rewriter/rewriter.hpp"
#include "rewriter/row_access.hpp"

namespace occam::rewriter {

// The row, if nothing but its key and perhaps its version is in the WHERE of a statement that
// leaves the key alone. `text` is what the tree was parsed from.
std::optional<RowKey> written_row(Node statement, const std::string& text,
                                  const RewriterOptions& options);

// `text` is what would be sent, `tree` its tree; the row is what the client's own text says. Null:
// the version should be asked for, and could not be put in.
std::unique_ptr<const RowAccess> row_write(RowKey row, const std::string& text,
                                           const ParseTree& tree, const RewriterOptions& options);

// Not null: it changes rows that others may hold FOR KEY SHARE, and which rows Occam cannot tell,
// so that it could not lock them first.
std::unique_ptr<const Refusal> refuse_unlocked_write(const ParseTree& tree, const std::string& text,
                                                     const RewriterOptions& options);

}  // namespace occam::rewriter
