#include "emulator/statement/locks.hpp"

#include <algorithm>

#include "emulator/statement/tree.hpp"

namespace emulator {
namespace {

using occam::rewriter::Node;
using occam::rewriter::Token;
using occam::rewriter::TokenKind;

LockStrength strength_of(std::string_view word) {
  if (word == "LCS_FORKEYSHARE") return LockStrength::key_share;
  if (word == "LCS_FORSHARE") return LockStrength::share;
  if (word == "LCS_FORNOKEYUPDATE") return LockStrength::no_key_update;
  if (word == "LCS_FORUPDATE") return LockStrength::update;
  return LockStrength::none;
}

std::string alias_of(Node item, std::string_view otherwise) {
  const auto alias = item.at("alias").text("aliasname");
  return std::string(alias.empty() ? otherwise : alias);
}

// The FROM items a locking clause can reach: tables and sub-selects, not functions or values.
void collect_items(Node from, std::vector<LockedItem>& items) {
  const auto type = from.type();
  if (type == "RangeVar") {
    items.push_back(
        {alias_of(from, from.text("relname")), relation_name(from), LockStrength::none});
  } else if (type == "RangeSubselect") {
    items.push_back({alias_of(from, ""), "", LockStrength::none});
  } else if (type == "JoinExpr") {
    collect_items(from.at("larg"), items);
    collect_items(from.at("rarg"), items);
  }
}

// encode() of a constant is one by the time the predicate is looked at: it is immutable, and
// PostgreSQL's planner folds it. That the DSQL of 2025 looked there, behind the planner, is an
// inference.
bool constant(Node expression) {
  const auto type = expression.type();
  if (type == "FuncCall" && last_word(expression.at("funcname")) == "encode") {
    for (auto argument = expression.at("args").first(); argument; argument = argument.next())
      if (!constant(argument)) return false;
    return true;
  }
  return type == "TypeCast" ? constant(expression.at("arg"))
                            : type == "A_Const" || type == "ParamRef";
}

void collect_equal(Node where, std::vector<std::string>& columns) {
  if (where.type() == "BoolExpr" && where.text("boolop") == "AND_EXPR") {
    for (auto part = where.at("args").first(); part; part = part.next())
      collect_equal(part, columns);
    return;
  }
  if (where.type() != "A_Expr" || where.text("kind") != "AEXPR_OP" ||
      last_word(where.at("name")) != "=")
    return;
  const auto left = where.at("lexpr");
  const auto right = where.at("rexpr");
  if (left.type() == "ColumnRef" && constant(right))
    add_once(columns, last_word(left.at("fields")));
  if (right.type() == "ColumnRef" && constant(left))
    add_once(columns, last_word(right.at("fields")));
}

bool concerns(Node clause, const LockedItem& item) {
  const auto named = clause.at("lockedRels");
  if (!named) return true;
  for (auto relation = named.first(); relation; relation = relation.next())
    if (relation.text("relname") == item.alias) return true;
  return false;
}

bool inside(const Token& token, const Statement& statement) {
  return token.begin >= statement.begin && token.end <= statement.begin + statement.length;
}

}  // namespace

std::vector<std::string> columns_compared(Node where) {
  std::vector<std::string> columns;
  collect_equal(where, columns);
  return columns;
}

void collect_locks(Node select, bool outermost, Statement& statement) {
  if (!select.at("lockingClause")) return;
  LockedSelect locked;
  locked.outermost = outermost;
  for (auto from = select.at("fromClause").first(); from; from = from.next())
    collect_items(from, locked.items);
  if (locked.items.empty()) return;
  for (auto clause = select.at("lockingClause").first(); clause; clause = clause.next())
    for (auto& item : locked.items)
      if (concerns(clause, item))
        item.strength = std::max(item.strength, strength_of(clause.text("strength")));
  locked.equal_columns = columns_compared(select.at("whereClause"));
  statement.locked.push_back(std::move(locked));
}

void locate_from(const std::vector<Token>& tokens, const std::string& text, Statement& statement) {
  int depth = 0;
  bool after_select = false;
  for (const auto& token : tokens) {
    if (!inside(token, statement) || token.kind == TokenKind::comment) continue;
    if (is(text, token, "(")) ++depth;
    if (is(text, token, ")")) --depth;
    if (depth == 0 && token.kind == TokenKind::keyword && is(text, token, "FROM")) {
      statement.from_at = token.begin;
      statement.selects_nothing = after_select;
      return;
    }
    after_select = depth == 0 && is(text, token, "SELECT");
  }
}

void locate_for_update(const std::vector<Token>& tokens, const std::string& text,
                       Statement& statement) {
  int depth = 0;
  bool after_for = false;
  for (const auto& token : tokens) {
    if (!inside(token, statement) || token.kind == TokenKind::comment) continue;
    if (is(text, token, "(")) ++depth;
    if (is(text, token, ")")) --depth;
    const bool keyword = depth == 0 && token.kind == TokenKind::keyword;
    if (keyword && after_for && is(text, token, "UPDATE"))
      statement.update_at.push_back(token.begin);
    after_for = keyword && is(text, token, "FOR");
  }
}

void blank_wait_policies(const std::vector<Token>& tokens, const Statement& statement,
                         std::string& text) {
  const auto blank = [&text](const Token& token) {
    std::fill(text.begin() + static_cast<long>(token.begin),
              text.begin() + static_cast<long>(token.end), ' ');
  };
  const Token* before = nullptr;
  for (const auto& token : tokens) {
    if (!inside(token, statement) || token.kind == TokenKind::comment) continue;
    const bool follows = before && before->kind != TokenKind::symbol;
    if (follows && token.kind == TokenKind::keyword && is(text, token, "NOWAIT")) blank(token);
    if (before && is(text, *before, "SKIP") && is(text, token, "LOCKED")) {
      blank(*before);
      blank(token);
    }
    before = &token;
  }
}

}  // namespace emulator
