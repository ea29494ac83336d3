#include "proxy/check/locks.hpp"

#include <string>

namespace occam::check {

namespace {

using rewriter::Dialect;

std::string tables_with_auto(const rewriter::TableRules& rules) {
  std::string list;
  for (const auto& [name, rule] : rules.tables)
    if (rule.share == rewriter::ShareRule::auto_) list += (list.empty() ? "" : ", ") + name;
  return list;
}

const char* dialect_text(Dialect dialect) {
  return dialect == Dialect::dsql_2025 ? "2025" : "current";
}

// What table rules make of the locks.
std::string consequence(const upstream::LockingFinding& found, const rewriter::TableRules& rules) {
  const auto tables = tables_with_auto(rules);
  if (tables.empty()) return "no table rule depends on it";
  return std::string("FOR SHARE becomes ") +
         (found.key_share_proven ? "FOR KEY SHARE" : "FOR UPDATE") + " on " + tables;
}

}  // namespace

Finding judge_locks(const upstream::LockingFinding& found, const std::optional<Dialect>& configured,
                    const rewriter::TableRules& rules) {
  const auto follows = consequence(found, rules);
  if (!found.dialect) return warn(found.reason + "; " + follows, "");
  const auto text =
      std::string("dialect ") + dialect_text(*found.dialect) + "; " + found.reason + "; " + follows;
  if (configured && *configured != *found.dialect) {
    const auto advice =
        std::string("set rewriter.dialect: ") + dialect_text(*found.dialect) + ", or auto";
    if (*found.dialect == Dialect::dsql_2025)
      return fail(text + "; it refuses locks that rewriter.dialect says it has", advice);
    return warn(text + "; it has more locks than rewriter.dialect says", advice);
  }
  return found.key_share_proven || tables_with_auto(rules).empty() ? ok(text) : warn(text, "");
}

}  // namespace occam::check
