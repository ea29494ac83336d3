// Laws of what the relay is told of single rows, over generated statements of one table: the
// conditions in any order and in any brackets, with others among them.
#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include "rewriter/locked_tables.hpp"
#include "rewriter/parse_tree.hpp"
#include "rewriter/rewriter.hpp"

namespace occam::rewriter {
namespace {

const std::vector<std::string> foreign{"a > 1", "i = $2", "(a = 1 OR i = 2)", "j IS NULL"};

// Everything it chooses follows from the seed.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : dice_(seed) {}

  std::string statement() {
    const std::string where = gap() + choose({"WHERE", "where"}) + gap() + conditions();
    return choose({"UPDATE k SET a = (SELECT 1 WHERE true), v = v + 1" + where,
                   "DELETE FROM k" + where + gap() + "RETURNING *",
                   "SELECT v, a, j FROM k" + where + gap() + "FOR UPDATE",
                   "SELECT i, j FROM k" + where + gap() + "FOR SHARE"});
  }

 private:
  bool chance(int percent) { return std::uniform_int_distribution(0, 99)(dice_) < percent; }

  std::string choose(const std::vector<std::string>& from) {
    return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(dice_)];
  }

  std::string gap() {
    return choose({" ", " ", "\n", "\t ", " /* where */ ", " -- where\n", "/**/"});
  }

  std::string conditions() {
    std::vector<std::string> parts{choose({"i = $1", "$1 = i", "k.i=$1"}), "j = 'x'"};
    if (chance(30)) parts.push_back(choose({"v = 7", "7 = v"}));
    // Not both: a foreign condition may name the key that is missing.
    if (chance(30)) {
      parts.push_back(choose(foreign));
    } else if (chance(10)) {
      parts.erase(parts.begin());
    }
    std::shuffle(parts.begin(), parts.end(), dice_);
    std::string text;
    for (const std::string& part : parts) {
      if (!text.empty()) text = (chance(30) ? "(" + text + ")" : text) + gap() + "AND" + gap();
      text += chance(20) ? "(" + part + ")" : part;
    }
    return text;
  }

  std::mt19937_64 dice_;
};

RewriterOptions keyed() {
  RewriterOptions options;
  TableRule& rule = options.rules.tables["k"];
  rule.update = UpdateRule::version_check;
  rule.key = {"i", "j"};
  rule.version = "v";
  return options;
}

bool says_more_than_the_key(const std::string& text) {
  return std::any_of(foreign.begin(), foreign.end(), [&](const std::string& condition) {
    return text.find(condition) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("a lock is left out only where its row is remembered") {
  CHECK(rc::check([] {
    const std::string text = Writer(*rc::gen::arbitrary<std::uint64_t>()).statement();
    RC_LOG() << text << "\n";
    const auto done = Rewriter(keyed()).rewrite(text);
    if (!text.starts_with("SELECT")) return;
    const auto tree = ParseTree::parse(done->text);
    RC_ASSERT(tree.has_value());
    const bool read = done->rows && done->rows->kind == RowAccess::Kind::read;
    RC_ASSERT(lock_clauses(*tree).empty() == read);
    if (read) RC_ASSERT(done->rows->rows.front().version.has_value());
    if (read) RC_ASSERT(done->rows->rows.front().key.size() == 2U);
  }));
}

TEST_CASE("a write of one row asks for its key and its version, each once, and for nothing else") {
  CHECK(rc::check([] {
    const std::string text = Writer(*rc::gen::arbitrary<std::uint64_t>()).statement();
    RC_LOG() << text << "\n";
    const auto done = Rewriter(keyed()).rewrite(text);
    if (text.starts_with("SELECT")) return;
    const bool key = text.find("$1") != std::string::npos;
    RC_ASSERT((done->rows != nullptr) == (key && !says_more_than_the_key(text)));
    if (!done->rows) return;
    const RowAccess& access = *done->rows;
    RC_ASSERT(access.kind == RowAccess::Kind::write);
    RC_ASSERT((access.hidden == 0) == access.rows.front().version.has_value());
    if (access.hidden == 0) return;
    RC_ASSERT(access.hidden == 2U);
    const std::string ask = " (v = $2 OR $2 IS NULL) AND";
    RC_ASSERT(access.parse_text == std::string(text).insert(access.literal_at, ask));
    const auto asked = ParseTree::parse(std::string(text).insert(
        access.literal_at, access.literal_before + "'7'" + access.literal_after));
    RC_ASSERT(asked.has_value());
    // The condition is part of the statement's own AND: with it, it is what a client might write.
    const auto again = Rewriter(keyed()).rewrite(std::string(text).insert(
        access.literal_at, access.literal_before + "'7'" + access.literal_after));
    RC_ASSERT(again->rows != nullptr);
    RC_ASSERT(again->rows->rows.front().version.has_value());
  }));
}

}  // namespace occam::rewriter
