// Any text: no crash, what the rewriter promises of every outcome holds, and no lock is overlooked.
#include "rewriter/rewriter.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "rewriter/locked_tables.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// No clause that the dialect refuses is left in what is sent.
bool locks_are_known(const std::string& text) {
  using namespace occam::rewriter;
  const auto tree = ParseTree::parse(text);
  if (!tree) return false;
  for (const LockClause& clause : lock_clauses(*tree)) {
    const auto strength = clause.node.text("strength");
    if (strength != "LCS_FORUPDATE" && strength != "LCS_FORKEYSHARE") return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace occam::rewriter;
  if (size == 0) return 0;
  RewriterOptions options;
  options.cache_bytes = 0;
  options.dialect = (data[0] & 1U) != 0 ? Dialect::dsql_2025 : Dialect::current;
  options.key_share_proven = (data[0] & 2U) != 0;
  options.rules.tables["a"].share = ShareRule::auto_;
  options.rules.tables["a"].reason = "a";
  options.rules.tables["b"].share = ShareRule::key_share;
  options.rules.tables["b"].reason = "b";
  options.rules.tables["c"].share = ShareRule::drop;
  options.rules.tables["c"].reason = "c";
  if ((data[0] & 8U) != 0) {
    for (const char* table : {"a", "b", "c", "t"}) {
      TableRule& rule = options.rules.tables[table];
      rule.update = table[0] == 't' ? UpdateRule::primary_key : UpdateRule::version_check;
      rule.key = {"a"};
      rule.version = "b";
    }
  }
  const bool keys = (data[0] & 4U) != 0;
  if (keys) {
    options.rules.tables["a"].binary_keys = {"a", "b"};
    options.rules.tables["a"].columns = {"a", "b", "c"};
    options.rules.tables["t"].binary_keys = {"a"};
  }
  Rewriter rewriter(options);

  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto first = rewriter.rewrite(text);
  require(first->changed || first->text == text);
  require(first->changed == !first->changes.empty());
  require(first->parsed || first->statements.empty());
  require(!first->refusal || !first->changed);
  if (options.dialect == Dialect::current && first->parsed && !first->refusal) {
    require(locks_are_known(first->text));
  }
  // Stored as hex text, a key is translated every time it is met.
  if (keys) return 0;
  // Where one clause was dropped, the other stands alone the second time, and may be of one row.
  for (const auto& change : first->changes) {
    if (change.weakens) return 0;
  }
  // What was rewritten needs no second rewriting.
  const auto second = rewriter.rewrite(first->text);
  require(second->parsed == first->parsed);
  require(!second->changed && second->text == first->text);
  require(second->statements.size() == first->statements.size());
  return 0;
}
