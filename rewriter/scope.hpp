// A walk that knows which names are WITH queries where it stands, since FROM shards may mean either
// the table or a WITH query of that name.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

using WithNames = std::vector<std::string_view>;

inline bool names_with_query(Node range_var, const WithNames& visible) {
  return !range_var.at("schemaname") &&
         std::find(visible.begin(), visible.end(), range_var.text("relname")) != visible.end();
}

// Pre-order, but a node's WITH queries come before it. see(node, visible) answers whether to go
// below; `visible` holds the names that the node's own FROM sees.
template <typename See>
void walk_scoped(Node node, WithNames& visible, const See& see) {
  if (!node) return;
  const std::size_t outside = visible.size();
  const bool statement = node.type().ends_with("Stmt");
  if (const Node with = statement ? node.at("withClause") : Node()) {
    const bool recursive = with.flag("recursive");
    const Node first = with.at("ctes").first();
    for (Node cte = first; recursive && cte; cte = cte.next()) {
      visible.push_back(cte.text("ctename"));
    }
    for (Node cte = first; cte; cte = cte.next()) {
      walk_scoped(cte, visible, see);
      if (!recursive) visible.push_back(cte.text("ctename"));
    }
  }
  if (see(node, visible)) {
    for (Node child = node.first(); child; child = child.next()) {
      if (child.field() != "withClause") walk_scoped(child, visible, see);
    }
  }
  visible.resize(outside);
}

}  // namespace occam::rewriter
