#include "rewriter/locked_tables.hpp"

namespace occam::rewriter {
namespace {

// One entry of FROM under the name that OF calls it by.
struct Source {
  std::string_view name;
  std::vector<std::string_view> tables;
};

void add_sources(Node item, const WithNames& visible, std::vector<Source>& sources);

std::vector<Source> sources_of(Node select, const WithNames& visible) {
  std::vector<Source> sources;
  for (Node item = select.at("fromClause").first(); item; item = item.next()) {
    add_sources(item, visible, sources);
  }
  for (const char* side : {"larg", "rarg"}) {
    if (const Node arm = select.at(side)) {
      for (Source& source : sources_of(arm, visible)) sources.push_back(std::move(source));
    }
  }
  return sources;
}

Source sub_select(Node item, const WithNames& visible) {
  const Node query = item.at("subquery");
  WithNames inner = visible;
  for (Node cte = query.at("withClause").at("ctes").first(); cte; cte = cte.next()) {
    inner.push_back(cte.text("ctename"));
  }
  Source source{item.at("alias").text("aliasname"), {}};
  for (const Source& below : sources_of(query, inner)) {
    source.tables.insert(source.tables.end(), below.tables.begin(), below.tables.end());
  }
  return source;
}

void add_sources(Node item, const WithNames& visible, std::vector<Source>& sources) {
  const std::string_view type = item.type();
  if (type == "RangeVar") {
    const Node alias = item.at("alias");
    Source source{alias ? alias.text("aliasname") : item.text("relname"), {}};
    if (!names_with_query(item, visible)) source.tables.push_back(item.text("relname"));
    sources.push_back(std::move(source));
  } else if (type == "JoinExpr") {
    add_sources(item.at("larg"), visible, sources);
    add_sources(item.at("rarg"), visible, sources);
  } else if (type == "RangeSubselect") {
    sources.push_back(sub_select(item, visible));
  }
}

bool is_listed(Node of_list, std::string_view name) {
  for (Node relation = of_list.first(); relation; relation = relation.next()) {
    if (relation.text("relname") == name) return true;
  }
  return false;
}

LockClause read_clause(Node clause, const std::vector<Source>& sources) {
  LockClause read{clause, {}};
  const Node of_list = clause.at("lockedRels");
  for (const Source& source : sources) {
    if (of_list && !is_listed(of_list, source.name)) continue;
    read.tables.insert(read.tables.end(), source.tables.begin(), source.tables.end());
  }
  return read;
}

}  // namespace

std::vector<LockClause> lock_clauses(const ParseTree& tree) {
  std::vector<LockClause> clauses;
  for (const Node statement : tree.statements()) {
    WithNames none;
    walk_scoped(statement, none, [&](Node node, const WithNames& visible) {
      if (const Node list = node.at("lockingClause")) {
        const std::vector<Source> sources = sources_of(node, visible);
        for (Node clause = list.first(); clause; clause = clause.next()) {
          clauses.push_back(read_clause(clause, sources));
        }
      }
      return true;
    });
  }
  return clauses;
}

}  // namespace occam::rewriter
