// Which setting a statement leaves changed on its connection beyond its transaction, if the same
// words have the same effect on any other connection. Knows PostgreSQL's settings, no rule of ours
// and no session: what is set already is for the caller to know (proxy/relay/session_settings.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rewriter/parse_tree.hpp"
#include "rewriter/statement.hpp"

namespace occam::rewriter {

// Nothing where it leaves no setting, and where what it leaves cannot be told for certain or said
// again. `text` is the one that is sent, `extent` where it has the statement.
std::optional<SettingChange> setting_change(Node statement, const std::string& text,
                                            ParseTree::Extent extent);

// transaction_isolation and its like: a new transaction has the session's default again.
bool ends_with_transaction(std::string_view name);

// A part of the old value may live on in the new one: DateStyle, whose style and order of fields
// can be set apart (PostgreSQL manual, "Locale and Formatting").
bool merges_values(std::string_view name);

}  // namespace occam::rewriter
