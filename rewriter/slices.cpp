#include "rewriter/slices.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

// Below DSQL's 3,000 rows (facts/dsql.md §2). A slice that is refused all the same, for its bytes,
// is halved.
constexpr std::uint64_t largest_slice = 2000;

// DELETE FROM t WHERE (k) IN (SELECT k FROM t WHERE p LIMIT n) AND (p) IS TRUE. The second p, for k
// need not be unique: the rule goes by the table's name alone. IS TRUE keeps it out of the choice
// of an index: else the sub-select may be run for every row that p meets.
struct SlicedDelete {
  std::string head;
  std::string tail;
  std::string of(std::uint64_t rows) const {
    return head + " LIMIT " + std::to_string(rows) + tail;
  }
};

std::uint64_t count_of(std::string_view tag) {
  const auto digits = tag.substr(tag.rfind(' ') + 1);
  std::uint64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

class SliceSteps : public Steps {
 public:
  explicit SliceSteps(SlicedDelete sliced) : sliced_(std::move(sliced)) {}

  Order begin() override { return Order::run_bound(sliced_.of(rows_)); }

  Order next(const Outcome& outcome) override {
    if (outcome.code == "54000" && rows_ > 1) {
      rows_ /= 2;
      return begin();
    }
    if (outcome.failed()) return Order::fail(told(outcome));
    const std::uint64_t count = count_of(outcome.tag);
    deleted_ += count;
    if (count >= rows_) return begin();
    return Order::complete("DELETE " + std::to_string(deleted_));
  }

  static std::vector<std::string> texts(const SlicedDelete& sliced) {
    return {sliced.of(largest_slice)};
  }

 private:
  Outcome told(Outcome error) const {
    if (deleted_ > 0 && error.hint.empty()) {
      error.hint = std::to_string(deleted_) +
                   " rows are deleted. Send the statement again to delete the rest.";
    }
    return error;
  }

  SlicedDelete sliced_;
  std::uint64_t rows_ = largest_slice;
  std::uint64_t deleted_ = 0;
};

bool is_translation(Node call) {  // of a binary key
  Node name = call.at("funcname").first();
  while (name.next()) name = name.next();
  return name.text("sval") == "encode" || name.text("sval") == "decode";
}

// Whether a slice could take rows that the whole DELETE would have spared: a sub-select sees what
// the slices before have left, and a function such as random() or now() answers each slice anew.
bool varies(Node where) {
  bool found = false;
  walk(where, [&](Node node) {
    found = found || node.type() == "SubLink" || node.type() == "SQLValueFunction" ||
            (node.type() == "FuncCall" && !is_translation(node));
    return !found;
  });
  return found;
}

const TableRule* rule_of(Node statement, const RewriterOptions& options) {
  if (statement.type() != "DeleteStmt" || !statement.at("whereClause")) return nullptr;
  if (statement.at("usingClause") || statement.at("returningList") || statement.at("withClause")) {
    return nullptr;  // what they see or tell would differ from slice to slice
  }
  if (varies(statement.at("whereClause"))) return nullptr;
  const auto rule = options.rules.tables.find(statement.at("relation").text("relname"));
  if (rule == options.rules.tables.end() || rule->second.split.empty()) return nullptr;
  return &rule->second;
}

struct Words {
  std::string_view table;
  std::string_view predicate;
};

std::optional<Words> words_of(const std::string& text) {
  const auto tokens = scan(text);
  if (!tokens) return std::nullopt;
  const auto find = [&](const char* keyword) {
    return std::find_if(tokens->begin(), tokens->end(), [&](const Token& token) {
      return token.kind == TokenKind::keyword &&
             same_word(std::string_view(text).substr(token.begin, token.end - token.begin),
                       keyword);
    });
  };
  const auto from = find("from");
  const auto where = find("where");
  if (from == tokens->end() || where == tokens->end() || where < from) return std::nullopt;
  std::size_t end = where->end;
  for (auto token = where; token != tokens->end(); ++token) {
    if (token->kind == TokenKind::comment) return std::nullopt;  // it could swallow what follows
    if (text[token->begin] != ';') end = token->end;
  }
  const std::string_view all(text);
  return Words{all.substr(from->end, where->begin - from->end),
               all.substr(where->end, end - where->end)};
}

std::string listed(const std::vector<std::string>& columns) {
  std::string list;
  for (const auto& column : columns) list += (list.empty() ? "" : ", ") + column;
  return list;
}

}  // namespace

std::unique_ptr<const StepPlan> slice(const std::string& text, const ParseTree& tree,
                                      const RewriterOptions& options) {
  if (tree.statements().size() != 1) return nullptr;
  const auto* rule = rule_of(tree.statements().front(), options);
  if (rule == nullptr) return nullptr;
  const auto words = words_of(text);
  if (!words) return nullptr;
  const std::string key = listed(rule->split);
  const std::string from(words->table);
  const std::string where(words->predicate);
  SlicedDelete sliced{"DELETE FROM" + from + "WHERE (" + key + ") IN (SELECT " + key + " FROM" +
                          from + "WHERE" + where,
                      ") AND (" + where + ") IS TRUE"};
  if (!ParseTree::parse(sliced.of(largest_slice))) return nullptr;
  return std::make_unique<PlanOf<SliceSteps, SlicedDelete>>(std::move(sliced));
}

}  // namespace occam::rewriter
