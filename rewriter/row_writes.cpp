#include "rewriter/row_writes.hpp"

#include <algorithm>
#include <utility>

#include "rewriter/column_values.hpp"
#include "rewriter/conjuncts.hpp"
#include "rewriter/edit.hpp"
#include "rewriter/proof.hpp"
#include "rewriter/row_locks.hpp"
#include "rewriter/same_tree.hpp"
#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

constexpr std::size_t most_parameters = 65535;  // the protocol counts them in two bytes

// Fills in the key and the version; false if the WHERE says anything else, or anything twice.
bool named_by(Node where, const ColumnValues& values, const TableRule& rule, RowKey& row) {
  const std::vector<Node> conditions = conjuncts(where);
  if (conditions.size() < rule.key.size() || conditions.size() > rule.key.size() + 1) return false;
  std::vector<std::string_view> seen;
  for (const Node condition : conditions) {
    auto found = values.equality(condition);
    if (!found || std::find(seen.begin(), seen.end(), found->column.name) != seen.end()) {
      return false;
    }
    seen.push_back(found->column.name);
    const auto part = std::find(rule.key.begin(), rule.key.end(), found->column.name);
    if (part != rule.key.end()) {
      row.key[static_cast<std::size_t>(part - rule.key.begin())] = std::move(found->value);
    } else if (found->column.name == rule.version && !rule.version.empty()) {
      row.version = std::move(found->value);
    } else {
      return false;
    }
  }
  return seen.size() == rule.key.size() + (row.version ? 1 : 0);
}

bool sets_key(Node statement, const TableRule& rule) {
  for (Node target = statement.at("targetList").first(); target; target = target.next()) {
    if (std::find(rule.key.begin(), rule.key.end(), target.text("name")) != rule.key.end()) {
      return true;
    }
  }
  return false;
}

std::size_t highest_parameter(const ParseTree& tree) {
  std::size_t highest = 0;
  for (const Node statement : tree.statements()) {
    walk(statement, [&](Node node) {
      if (node.type() == "ParamRef") {
        highest = std::max(highest, static_cast<std::size_t>(node.number("number")));
      }
      return true;
    });
  }
  return highest;
}

// The statement's own WHERE: those of sub-selects stand in brackets.
std::optional<Token> where_of(const std::string& text, const std::vector<Token>& tokens) {
  int depth = 0;
  for (const Token& token : tokens) {
    const std::string_view word(text.data() + token.begin, token.end - token.begin);
    if (word == "(") ++depth;
    if (word == ")") --depth;
    if (depth == 0 && token.kind == TokenKind::keyword && same_word(word, "where")) return token;
  }
  return std::nullopt;
}

// The text with `condition AND` behind its WHERE, if that is what the parser makes of it.
std::optional<std::string> with_condition(const std::string& text, const ParseTree& tree,
                                          const std::vector<Token>& tokens, std::size_t at,
                                          const std::string& condition) {
  Edits edits;
  edits.replace(at, at, " " + condition + " AND");
  std::string after = edits.apply(text);
  const auto read = ParseTree::parse(after);
  const Node where = tree.statements().front().at("whereClause");
  if (!read || !same_tree(tree, *read, {{where.id(), Substitution::conjoin(condition)}}) ||
      !same_tokens_outside(text, tokens, edits, after)) {
    return std::nullopt;
  }
  return after;
}

void ask_for_version(RowAccess& access, const TableRule& rule, const std::string& text,
                     const ParseTree& tree, const RewriterOptions& options) {
  const auto tokens = scan(text);
  const auto where = tokens ? where_of(text, *tokens) : std::nullopt;
  if (!where) return;
  const std::size_t hidden = highest_parameter(tree) + 1;
  if (hidden > most_parameters) return;
  const std::string parameter = "$" + std::to_string(hidden);
  // In this order: the comparison gives the parameter its type, which IS NULL does not.
  auto asking = with_condition(
      text, tree, *tokens, where->end,
      "(" + equal(rule, rule.version, parameter, options) + " OR " + parameter + " IS NULL)");
  if (!asking) return;
  access.parse_text = std::move(*asking);
  access.hidden = hidden;
  // In brackets too, and in the same place: so it is proven with it.
  const std::string literal = " (" + equal(rule, rule.version, "'0'", options) + ") AND";
  const std::size_t value = literal.find("'0'");
  access.literal_at = where->end;
  access.literal_before = literal.substr(0, value);
  access.literal_after = literal.substr(value + 3);
}

std::string_view kind_of_write(Node node) {
  const std::string_view type = node.type();
  if (type == "UpdateStmt") return "UPDATE";
  if (type == "DeleteStmt") return "DELETE";
  if (type == "MergeStmt") return "MERGE";
  if (type == "InsertStmt" && node.at("onConflictClause").text("action") == "ONCONFLICT_UPDATE") {
    return "INSERT ... ON CONFLICT DO UPDATE";
  }
  return {};
}

// Most texts name no such table: one look at each cell of the tree tells.
bool names_shared_rows(const ParseTree& tree, const RewriterOptions& options) {
  bool found = false;
  for (const Node statement : tree.statements()) {
    walk(statement, [&](Node node) {
      if (!found && node.field() == "relname") {
        const auto rule = options.rules.tables.find(node.text());
        found = rule != options.rules.tables.end() && shares_by_key(rule->second, options);
      }
      return !found;
    });
  }
  return found;
}

Refusal unlocked_write(const std::string& table, std::string_view kind, bool keyed) {
  return {
      "0A000",
      std::string(kind) + " of " + table + " in this form: others may hold its rows FOR KEY SHARE",
      keyed ? "Name one row by its whole key, such as WHERE key = $1, and nothing else, in a "
              "statement of its own, so that Occam can lock it first; or set share: for_update "
              "in the table's rule."
            : "Give the table's rule its primary key (key: [column, ...]), so that Occam can "
              "lock the row first; or set share: for_update in it."};
}

}  // namespace

std::optional<RowKey> written_row(Node statement, const std::string& text,
                                  const RewriterOptions& options) {
  if (statement.type() != "UpdateStmt" && statement.type() != "DeleteStmt") return std::nullopt;
  if (statement.at("fromClause") || statement.at("usingClause") || statement.at("withClause")) {
    return std::nullopt;
  }
  const Node table = statement.at("relation");
  const TableRule* rule = keyed_rule(table, options);
  if (rule == nullptr) return std::nullopt;
  if (statement.type() == "UpdateStmt" && sets_key(statement, *rule)) return std::nullopt;
  RowKey row = row_of(table, *rule, options);
  const ColumnValues values({table}, text);
  if (!named_by(statement.at("whereClause"), values, *rule, row)) return std::nullopt;
  if (!types_by_key(statement, row)) return std::nullopt;
  return row;
}

std::unique_ptr<const RowAccess> row_write(RowKey row, const std::string& text,
                                           const ParseTree& tree, const RewriterOptions& options) {
  const TableRule& rule = options.rules.tables.find(row.table)->second;
  RowAccess access;
  access.kind = RowAccess::Kind::write;
  access.locks_first = shares_by_key(rule, options);
  const bool asks = row.version.has_value();
  access.rows.push_back(std::move(row));
  if (may_leave_lock_out(rule) && !asks) {
    ask_for_version(access, rule, text, tree, options);
    if (access.parse_text.empty() && !access.locks_first) return nullptr;
  }
  return std::make_unique<const RowAccess>(std::move(access));
}

std::unique_ptr<const Refusal> refuse_unlocked_write(const ParseTree& tree, const std::string& text,
                                                     const RewriterOptions& options) {
  if (!names_shared_rows(tree, options)) return nullptr;
  const auto& statements = tree.statements();
  std::unique_ptr<const Refusal> refusal;
  const auto judge = [&](Node node) {
    const std::string_view kind = kind_of_write(node);
    if (kind.empty() || refusal) return !refusal;
    const auto rule = options.rules.tables.find(node.at("relation").text("relname"));
    if (rule == options.rules.tables.end() || !shares_by_key(rule->second, options)) return true;
    const bool alone = statements.size() == 1 && node == statements.front();
    if (alone && written_row(node, text, options)) return true;
    refusal =
        std::make_unique<Refusal>(unlocked_write(rule->first, kind, !rule->second.key.empty()));
    return false;
  };
  for (const Node statement : statements) walk(statement, judge);
  return refusal;
}

}  // namespace occam::rewriter
