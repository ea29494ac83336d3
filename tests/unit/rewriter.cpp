#include "rewriter/rewriter.hpp"

#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

namespace occam::rewriter {
namespace {

const std::string fence = "SELECT range_id FROM shards WHERE shard_id = $1 FOR SHARE";

RewriterOptions with_rule(const char* table, ShareRule share) {
  RewriterOptions options;
  auto& rule = options.rules.tables[table];
  rule.share = share;
  rule.reason = "keeps the old owner out";
  return options;
}

RewriterOptions with_cache(std::size_t bytes) {
  RewriterOptions options;
  options.cache_bytes = bytes;
  return options;
}

}  // namespace

TEST_CASE("a change says what, why and by which rule") {
  Rewriter rewriter(with_rule("shards", ShareRule::auto_));
  const auto done = rewriter.rewrite(fence);
  REQUIRE(done->changes.size() == 1);
  const Change& change = done->changes.front();
  CHECK(change.rule == "for_share");
  CHECK(change.before == "FOR SHARE");
  CHECK(change.after == "FOR UPDATE");
  CHECK_THAT(change.reason, Catch::Contains("FOR UPDATE conflicts with all") &&
                                Catch::Contains("shards: keeps the old owner out"));
  CHECK_FALSE(change.weakens);
}

TEST_CASE("a dropped lock is marked as weakening") {
  Rewriter rewriter(with_rule("shards", ShareRule::drop));
  const auto done = rewriter.rewrite(fence);
  REQUIRE(done->changes.size() == 1);
  CHECK(done->changes.front().weakens);
  CHECK(done->changes.front().after.empty());
  CHECK(done->statements.front().kind == StatementKind::read);
}

TEST_CASE("KEY SHARE waits for its proof, and then for the dialect") {
  RewriterOptions options = with_rule("shards", ShareRule::auto_);
  CHECK_THAT(Rewriter(options).rewrite(fence)->text, Catch::EndsWith("FOR UPDATE"));
  options.key_share_proven = true;
  CHECK_THAT(Rewriter(options).rewrite(fence)->text, Catch::EndsWith("FOR KEY SHARE"));
  options.dialect = Dialect::dsql_2025;
  CHECK_THAT(Rewriter(options).rewrite(fence)->text, Catch::EndsWith("FOR UPDATE"));
}

TEST_CASE("a refused text is left alone, whatever else stands in it") {
  Rewriter rewriter({});
  const auto done = rewriter.rewrite(fence + "; SAVEPOINT a");
  REQUIRE(done->refusal);
  CHECK(done->refusal->code == "0A000");
  CHECK_FALSE(done->refusal->hint.empty());
  CHECK_FALSE(done->changed);
  CHECK(done->text == fence + "; SAVEPOINT a");
  CHECK(done->statements.size() == 2);
}

TEST_CASE("texts that would cost a thread seconds are passed on as they are") {
  Rewriter rewriter(with_rule("t", ShareRule::for_update));
  std::string nested;
  for (int i = 0; i < 65; ++i) nested += "/*";
  const auto comments = rewriter.rewrite("SELECT 1 " + nested);
  CHECK_FALSE(comments->parsed);
  std::string clauses;
  for (int i = 0; i < 101; ++i) clauses += "SELECT 1 FROM t FOR SHARE;";
  const auto many = rewriter.rewrite(clauses);
  CHECK(many->parsed);
  CHECK_FALSE(many->changed);
  CHECK(many->text == clauses);
  CHECK(rewriter.rewrite("/* a */ SELECT 1 FROM t FOR SHARE; /* b */")->changed);
}

TEST_CASE("a text is parsed once") {
  Rewriter rewriter({});
  const auto first = rewriter.rewrite(fence);
  const auto second = rewriter.rewrite(fence);
  CHECK(first == second);
  CHECK(rewriter.counts().hits == 1);
  CHECK(rewriter.counts().misses == 1);
  CHECK(rewriter.counts().entries == 1);
  CHECK(rewriter.counts().bytes > 2 * fence.size());
}

TEST_CASE("texts that differ in a byte are different texts") {
  Rewriter rewriter({});
  CHECK(rewriter.rewrite("SELECT 1")->text == "SELECT 1");
  CHECK(rewriter.rewrite("SELECT 1 ")->text == "SELECT 1 ");
  CHECK(rewriter.rewrite("select 1")->text == "select 1");
  CHECK(rewriter.counts().misses == 3);
}

TEST_CASE("what could not be parsed is remembered too") {
  Rewriter rewriter({});
  CHECK_FALSE(rewriter.rewrite("SELEC 1")->parsed);
  CHECK_FALSE(rewriter.rewrite("SELEC 1")->parsed);
  CHECK(rewriter.counts().hits == 1);
}

TEST_CASE("the cache stays within its bytes and forgets the least used") {
  constexpr std::size_t bytes = 256 * 1024;
  Rewriter rewriter(with_cache(bytes));
  const auto kept = rewriter.rewrite(fence);
  for (int i = 0; i < 5000; ++i) {
    rewriter.rewrite("SELECT " + std::to_string(i));
    rewriter.rewrite(fence);  // in use all the time
    REQUIRE(rewriter.counts().bytes <= bytes);
  }
  CHECK(rewriter.counts().entries < 1000);
  const std::size_t misses = rewriter.counts().misses;
  CHECK(rewriter.rewrite(fence) == kept);
  CHECK(rewriter.counts().misses == misses);
  rewriter.rewrite("SELECT 0");
  CHECK(rewriter.counts().misses == misses + 1);
}

TEST_CASE("without room nothing is kept and all still works") {
  Rewriter rewriter(with_cache(0));
  CHECK_THAT(rewriter.rewrite(fence)->text, Catch::EndsWith("FOR UPDATE"));
  CHECK_THAT(rewriter.rewrite(fence)->text, Catch::EndsWith("FOR UPDATE"));
  CHECK(rewriter.counts().entries == 0);
  CHECK(rewriter.counts().misses == 2);
}

TEST_CASE("a result outlives its place in the cache and the rewriter") {
  std::shared_ptr<const Rewrite> done;
  {
    Rewriter rewriter(with_cache(16 * 1024));
    done = rewriter.rewrite(fence);
    for (int i = 0; i < 1000; ++i) rewriter.rewrite("SELECT " + std::to_string(i));
  }
  CHECK_THAT(done->text, Catch::EndsWith("FOR UPDATE"));
}

TEST_CASE("many threads share one rewriter") {
  Rewriter rewriter(with_cache(64 * 1024));
  constexpr int thread_count = 8;
  std::vector<int> wrong(thread_count, 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < thread_count; ++t) {
    threads.emplace_back([&rewriter, &count = wrong[static_cast<std::size_t>(t)]] {
      for (int i = 0; i < 500; ++i) {
        const std::string table = "t" + std::to_string(i % 50);
        const auto done = rewriter.rewrite("SELECT 1 FROM " + table + " FOR SHARE");
        if (done->text != "SELECT 1 FROM " + table + " FOR UPDATE") ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(thread_count, 0));
  const auto counts = rewriter.counts();
  CHECK(counts.hits + counts.misses == thread_count * 500);
}

}  // namespace occam::rewriter
