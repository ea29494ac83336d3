#include "rewriter/row_accesses.hpp"

#include <algorithm>
#include <utility>

#include "rewriter/locked_rows.hpp"
#include "rewriter/row_writes.hpp"

namespace occam::rewriter {
namespace {

bool was_cut(const std::vector<Change>& changes) {
  return std::any_of(changes.begin(), changes.end(), [](const Change& change) {
    return change.rule == "version_check" || change.rule == "locked_by_key";
  });
}

std::unique_ptr<const RowAccess> of(RowAccess::Kind kind, std::vector<RowKey> rows) {
  RowAccess access;
  access.kind = kind;
  access.rows = std::move(rows);
  return std::make_unique<const RowAccess>(std::move(access));
}

}  // namespace

std::unique_ptr<const RowAccess> row_access(const Reading& reading, const std::string& text,
                                            const ParseTree& tree,
                                            const std::vector<Change>& changes,
                                            const RewriterOptions& options) {
  if (reading.tree.statements().size() != 1) return nullptr;
  const Node statement = reading.tree.statements().front();
  if (statement.type() == "SelectStmt") {
    LockedRows locked = locked_rows(reading, options);
    if (locked.rows.empty()) return nullptr;
    if (locked.fate != LockFate::kept) {
      return was_cut(changes) ? of(RowAccess::Kind::read, std::move(locked.rows)) : nullptr;
    }
    const Node clause = tree.statements().front().at("lockingClause").first();
    return clause.text("strength") == "LCS_FORUPDATE"
               ? of(RowAccess::Kind::locked, std::move(locked.rows))
               : nullptr;
  }
  auto row = written_row(statement, reading.text, options);
  return row ? row_write(std::move(*row), text, tree, options) : nullptr;
}

}  // namespace occam::rewriter
