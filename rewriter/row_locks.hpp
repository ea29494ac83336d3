// The texts that lock one row by its key, in place of a lock that was not sent. Knows the table
// rules and the dialect.
#pragma once

#include <string>
#include <string_view>

#include "rewriter/parse_tree.hpp"
#include "rewriter/rewriter.hpp"
#include "rewriter/row_access.hpp"

namespace occam::rewriter {

// Null: the table has no rule with a key, or is named in a way (ONLY, another database, columns
// under other names) that a single row of it cannot be.
const TableRule* keyed_rule(Node table, const RewriterOptions& options);

// The row's texts; its key and version are the caller's to fill in. `table` is a RangeVar whose
// keyed_rule is `rule`.
RowKey row_of(Node table, const TableRule& rule, const RewriterOptions& options);

// Whether the server gives each parameter of the key the type that it has in the row's own texts:
// it goes by the first place where a parameter stands, which must be beside a column.
bool types_by_key(Node statement, const RowKey& row);

// `name = value` as it stands for a column that may be stored as hex text.
std::string equal(const TableRule& rule, const std::string& column, std::string_view value,
                  const RewriterOptions& options);

// Whether a FOR UPDATE of the table may be left out. Where others hold FOR KEY SHARE, or may come
// to, only a lock keeps them off.
bool may_leave_lock_out(const TableRule& rule);

// Whether holders of FOR KEY SHARE may be about: FOR SHARE becomes that on this upstream.
bool shares_by_key(const TableRule& rule, const RewriterOptions& options);

}  // namespace occam::rewriter
