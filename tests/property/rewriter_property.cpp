// Laws of the rewriter over generated SQL: nested selects with locks of every form and place, mixed
// with words that look like locks, in random case, spacing and comments.
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

// The clause itself stands between marks, which are taken out before the text is used.
constexpr char opens = '\x01';
constexpr char closes = '\x02';

// Writes one text; everything it chooses follows from the seed.
class Writer {
 public:
  Writer(std::uint64_t seed, bool locks) : dice_(seed), locks_(locks) {}

  std::string statements() {
    std::string text = choose({"", " ", "-- head\n", "/* head */"}) + statement();
    if (chance(30)) text += choose({";", " ; ", ";\n"}) + statement();
    return text + choose({"", ";", " ", " -- end", "\n;"});
  }

 private:
  bool chance(int percent) { return std::uniform_int_distribution(0, 99)(dice_) < percent; }

  std::string choose(const std::vector<std::string>& from) {
    return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(dice_)];
  }

  // What may stand between two words.
  std::string gap() {
    return choose({" ", " ", " ", "\n", "\t ", " /* for share */ ", " -- for update\n", "/**/"});
  }

  std::string word(std::string text) {
    const bool mixed = chance(50);
    for (char& c : text) {
      if (mixed && c >= 'A' && c <= 'Z' && chance(70)) c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
  }

  std::string lock_clause() {
    std::string text = gap() + opens + word("FOR") + gap();
    text +=
        choose({word("SHARE"), word("SHARE"), word("UPDATE"), word("KEY") + gap() + word("SHARE"),
                word("NO") + gap() + word("KEY") + gap() + word("UPDATE")});
    if (chance(30)) {
      text +=
          gap() + word("OF") + gap() + choose({"a", "b", "\"c d\"", "share", "a, b", "a , nowait"});
    }
    if (chance(20)) {
      text += gap() + word("NOWAIT");
    } else if (chance(20)) {
      text += gap() + word("SKIP") + gap() + word("LOCKED");
    }
    return text + closes;
  }

  std::string expression(int depth) {
    if (depth > 0 && chance(25)) return "(" + select(depth - 1) + ")";
    return choose({"1", "-1", "$1", "'for share'", "substring(a for update)", "share", "a.b",
                   "substring(b from 1 for share)", "$$ FOR SHARE $$", "E'\\' FOR SHARE'",
                   "\"for share\"", "count(*)", "CASE WHEN a THEN b END", "x::int[]"});
  }

  std::string source(int depth) {
    if (depth > 0 && chance(25)) return "(" + select(depth - 1) + ") AS b";
    return choose({"a", "b", "public.a", "\"c d\"", "share", "a AS b", "a JOIN b ON true", "a, b"});
  }

  std::string select(int depth) {
    if (depth > 0 && chance(10)) {
      return "(" + select(depth - 1) + ") UNION ALL (" + select(depth - 1) + ")";
    }
    std::string text;
    if (depth > 0 && chance(20)) text += "WITH a AS (" + select(depth - 1) + ") ";
    text += word("SELECT") + " " + expression(depth) + " FROM " + source(depth);
    if (chance(50)) text += gap() + "WHERE " + expression(depth) + " = 1";
    if (chance(10)) text += " ORDER BY 1";
    while (locks_ && chance(45)) text += lock_clause();
    if (chance(10)) text += gap() + "LIMIT 1";
    return text;
  }

  std::string statement() {
    const std::string query = select(3);
    return choose({query, query, query, "INSERT INTO t " + query, "EXPLAIN " + query,
                   "UPDATE t SET x = 1 FROM (" + query + ") s",
                   "DELETE FROM t USING (" + query + ") s", "DECLARE c CURSOR FOR " + query});
  }

  std::mt19937_64 dice_;
  bool locks_;
};

std::string marked_text(bool locks) {
  return Writer(*rc::gen::noShrink(rc::gen::resize(100, rc::gen::arbitrary<std::uint64_t>())),
                locks)
      .statements();
}

std::string unmarked(std::string text) {
  std::erase_if(text, [](char c) { return c == opens || c == closes; });
  return text;
}

// The pieces between the clauses, less the blanks that a cut may take with it.
std::vector<std::string> outside_clauses(const std::string& marked) {
  std::vector<std::string> pieces;
  std::size_t at = 0;
  while (true) {
    const std::size_t clause = marked.find(opens, at);
    std::string piece = marked.substr(at, clause - at);
    if (clause == std::string::npos) {
      pieces.push_back(piece);
      return pieces;
    }
    while (!piece.empty() && (piece.back() == ' ' || piece.back() == '\t')) piece.pop_back();
    pieces.push_back(piece);
    at = marked.find(closes, clause) + 1;
  }
}

RewriterOptions any_options() {
  RewriterOptions options;
  options.cache_bytes = 0;
  options.key_share_proven = *rc::gen::arbitrary<bool>();
  for (const char* table : {"a", "b", "c d", "share"}) {
    const auto share = *rc::gen::elementOf(std::vector<ShareRule>{
        ShareRule::auto_, ShareRule::key_share, ShareRule::for_update, ShareRule::drop});
    if (*rc::gen::arbitrary<bool>()) options.rules.tables[table].share = share;
    if (*rc::gen::arbitrary<bool>()) {
      TableRule& rule = options.rules.tables[table];
      rule.update = *rc::gen::elementOf(std::vector<UpdateRule>{
          UpdateRule::for_update, UpdateRule::version_check, UpdateRule::primary_key});
      rule.key = {"a"};
      rule.version = "b";
    }
  }
  return options;
}

std::size_t count_locks(const ParseTree& tree) { return lock_clauses(tree).size(); }

// The pieces stand in the text in this order, the first at its start and the last at its end.
bool holds_in_order(std::string_view text, const std::vector<std::string>& pieces) {
  if (!text.starts_with(pieces.front()) || !text.ends_with(pieces.back())) return false;
  std::size_t at = 0;
  for (const std::string& piece : pieces) {
    at = text.find(piece, at);
    if (at == std::string_view::npos) return false;
    at += piece.size();
  }
  return true;
}

}  // namespace

TEST_CASE("rewriting is idempotent") {
  CHECK(rc::check([] {
    Rewriter rewriter(any_options());
    const std::string text = unmarked(marked_text(true));
    const auto once = rewriter.rewrite(text);
    const auto twice = rewriter.rewrite(once->text);
    RC_LOG() << text << "\n";
    RC_ASSERT(once->parsed);
    RC_ASSERT(twice->parsed);
    // Where one clause was dropped, the other stands alone the second time, and may be of one row.
    if (std::any_of(once->changes.begin(), once->changes.end(),
                    [](const Change& change) { return change.weakens; })) {
      return;
    }
    RC_ASSERT(!twice->changed);
    RC_ASSERT(twice->text == once->text);
  }));
}

TEST_CASE("without locks not a byte changes") {
  CHECK(rc::check([] {
    Rewriter rewriter(any_options());
    const std::string text = marked_text(false);
    const auto done = rewriter.rewrite(text);
    RC_ASSERT(done->parsed);
    RC_ASSERT(!done->changed);
    RC_ASSERT(done->text == text);
  }));
}

TEST_CASE("no lock that DSQL refuses is left, and none is lost unasked") {
  CHECK(rc::check([] {
    Rewriter rewriter(any_options());
    const std::string text = unmarked(marked_text(true));
    const auto before = ParseTree::parse(text);
    RC_ASSERT(before.has_value());
    const auto done = rewriter.rewrite(text);
    const auto after = ParseTree::parse(done->text);
    RC_ASSERT(after.has_value());
    std::size_t dropped = 0;
    for (const Change& change : done->changes) {
      dropped += change.after.empty() ? 1 : 0;
      // A cut that does not weaken: the relay is told of its rows.
      RC_ASSERT(!change.after.empty() || change.weakens ||
                (done->rows && done->rows->kind == RowAccess::Kind::read));
    }
    if (done->refusal) return;  // never sent
    RC_ASSERT(count_locks(*after) + dropped == count_locks(*before));
    for (const LockClause& clause : lock_clauses(*after)) {
      const auto strength = clause.node.text("strength");
      RC_ASSERT(strength == "LCS_FORUPDATE" || strength == "LCS_FORKEYSHARE");
    }
  }));
}

TEST_CASE("what stands outside the clauses keeps its bytes and its order") {
  CHECK(rc::check([] {
    Rewriter rewriter(any_options());
    const std::string marked = marked_text(true);
    const auto done = rewriter.rewrite(unmarked(marked));
    RC_LOG() << marked << "\n" << done->text << "\n";
    RC_ASSERT(done->parsed);
    RC_ASSERT(holds_in_order(done->text, outside_clauses(marked)));
  }));
}

TEST_CASE("the tree after is the tree before but for its locking clauses") {
  CHECK(rc::check([] {
    Rewriter rewriter(any_options());
    const std::string text = unmarked(marked_text(true));
    const auto before = ParseTree::parse(text);
    const auto after = ParseTree::parse(rewriter.rewrite(text)->text);
    RC_ASSERT(before.has_value());
    RC_ASSERT(after.has_value());
    const auto shape = [](const ParseTree& tree) {
      std::string words;
      for (const Node top : tree.statements()) {
        walk(top, [&words](Node node) {
          if (node.field() == "lockingClause") return false;
          if (node.shape() == Cell::Shape::number && node.field() == "location") return false;
          words.append(node.field()).append(":").append(node.type()).append("=");
          words.append(node.text()).append(std::to_string(node.number())).append(";");
          return true;
        });
      }
      return words;
    };
    RC_ASSERT(shape(*before) == shape(*after));
  }));
}

}  // namespace occam::rewriter
