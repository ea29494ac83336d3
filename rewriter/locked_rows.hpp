// Which rows the locking clause of one SELECT locks, and whether the clause may be left out because
// Occam keeps account of them instead. Decides by the client's own tree; edits nothing.
#pragma once

#include <vector>

#include "rewriter/rewriter.hpp"
#include "rewriter/row_access.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

// What becomes of a clause that would be FOR UPDATE.
enum class LockFate {
  kept,           // as it is; `rows` has the one row it locks, where that can be told
  version_check,  // cut: `rows` are remembered by their version
  by_key,         // cut: the dialect refuses it, and `rows` can be locked one by one
  primary_key,    // cut: the dialect refuses it, and the table's primary key does its work
};

struct LockedRows {
  LockFate fate = LockFate::kept;
  std::vector<RowKey> rows;
};

// Of a text with one statement, a SELECT with one locking clause; else kept, without rows.
LockedRows locked_rows(const Reading& reading, const RewriterOptions& options);

}  // namespace occam::rewriter
