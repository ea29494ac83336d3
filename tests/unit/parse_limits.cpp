// The worst texts that may come: none kills a thread, whatever its shape (facts/peers.md C3).
#include <functional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <pthread.h>

#include "rewriter/nesting.hpp"
#include "rewriter/rewriter.hpp"

namespace occam::rewriter {
namespace {

// Threads that parse have 64 MiB (rewriter.hpp); an eighth of it must do. AddressSanitizer's frames
// are several times as large, so under it the whole is what is proven.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t stack_bytes = std::size_t{64} << 20;
#else
constexpr std::size_t stack_bytes = std::size_t{8} << 20;
#endif

void run_on_bounded_stack(std::function<void()> work) {
  pthread_attr_t attributes;
  REQUIRE(pthread_attr_init(&attributes) == 0);
  REQUIRE(pthread_attr_setstacksize(&attributes, stack_bytes) == 0);
  pthread_t thread{};
  const auto start = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, start, &work) == 0);
  REQUIRE(pthread_join(thread, nullptr) == 0);
  pthread_attr_destroy(&attributes);
}

struct Shape {
  std::string head;
  std::string open;
  std::string middle;
  std::string close;

  std::string text(std::size_t repeats) const {
    std::string text = head;
    for (std::size_t i = 0; i < repeats; ++i) text += open;
    text += middle;
    for (std::size_t i = 0; i < repeats; ++i) text += close;
    return text;
  }
  std::size_t most_repeats(std::size_t bytes) const {
    return (bytes - head.size() - middle.size()) / (open.size() + close.size());
  }
};

// Long enough for every shape to be deeper than is parsed, many times over.
constexpr std::size_t shape_bytes = std::size_t{64} << 10;

const std::vector<Shape> shapes = {
    {"SELECT ", "1+", "1", ""},
    {"SELECT ", "NOT ", "true", ""},
    {"SELECT ", "- ", "a", ""},
    {"SELECT ", "'a'||", "a", ""},
    {"SELECT ", "", "1", "::int"},
    {"SELECT ", "", "a", " ISNULL"},
    {"SELECT ", "", "a", " COLLATE c"},
    {"SELECT ", "", "a", " AT TIME ZONE a"},
    {"SELECT ", "", "a", " OPERATOR(pg_catalog.+) a"},
    {"SELECT ", "(", "1", ")"},
    {"SELECT ", "1+(", "1", ")"},
    {"SELECT ", "f(", "1", ")"},
    {"SELECT ", "ROW(", "1", ")"},
    {"SELECT a", "[a", "", "]"},
    {"SELECT a::int", "[]", "", ""},
    {"SELECT (a)", ".b", "", ""},
    {"SELECT ", "CASE WHEN a THEN ", "1", " END"},
    {"", "SELECT (", "SELECT 1", ")"},
    {"", "SELECT 1 UNION ", "SELECT 1", ""},
    {"", "WITH a AS (", "SELECT 1", ") SELECT 1"},
    {"", "SELECT 1 FROM (", "SELECT 1 FROM t", " FOR SHARE) a"},
    {"SELECT 1 FROM ", "", "a", " JOIN a ON a"},
    {"SELECT 1 FROM ", "(", "a", " CROSS JOIN a)"},
    {"CREATE SCHEMA x ", "CREATE TABLE a() ", "", ""},
    {"SELECT 1 WHERE ", "a AND ", "b", ""},
    {"SELECT 1 WHERE ", "a AND b OR ", "b", ""},
    {"SELECT 1 WHERE a IN (", "1,", "1)", ""},
    {"INSERT INTO t VALUES ", "(1,'a'),", "(1,'a')", ""},
    {"", "SELECT 1 FROM a FOR SHARE;", "", ""},
    {"", "SELECT 1 FROM a LOCK IN SHARE MODE;", "", ""},
    {"SELECT ", "substring(a for update),", "1 FROM a FOR SHARE", ""},
    {"SELECT ", "(", "", ""},
    {"SELECT ", ")", "", ""},
    {"SELECT 1 FROM a WHERE ", "a IN (SELECT a FROM a WHERE ", "a = $1", ")"},
    {"SELECT 1 FROM a WHERE a = ", "f(a = ", "a", ")"},
    {"SELECT 1 FROM a WHERE ", "(a, ", "a", ") = ($1, $2)"},
    {"", "SELECT * FROM (", "SELECT * FROM a", ") b"},
    {"", "WITH b AS (", "SELECT * FROM a", ") SELECT * FROM b"},
    {"", "SELECT a FROM a UNION ", "SELECT a FROM a", ""},
    {"SELECT ", "a.*,", "1 FROM a", ""},
    {"SELECT a FROM a ORDER BY ", "a,", "a", ""},
    {"SELECT a FROM a WHERE a IN (", "$1,", "$1)", ""},
    {"INSERT INTO a VALUES ", "($1),", "($1)", ""},
    {"SELECT a FROM ", "a,", "a", ""},
    {"UPDATE a SET ", "a = $1,", "a = $1", ""},
};

// Tables with binary keys, so that every rewrite has something to do.
RewriterOptions with_keys() {
  RewriterOptions options;
  for (const char* table : {"a", "t"}) {
    options.rules.tables[table].binary_keys = {"a"};
    options.rules.tables[table].columns = {"a", "b"};
  }
  return options;
}

}  // namespace

TEST_CASE("the longest text of every shape is survived") {
  RewriterOptions options = with_keys();
  options.cache_bytes = 0;
  Rewriter rewriter(options);
  std::vector<std::size_t> sizes;
  run_on_bounded_stack([&] {
    for (const Shape& shape : shapes) {
      const std::string text = shape.text(shape.most_repeats(shape_bytes));
      sizes.push_back(rewriter.rewrite(text)->text.size());
    }
  });
  CHECK(sizes.size() == shapes.size());
}

TEST_CASE("the deepest text of every shape that is parsed is survived") {
  Rewriter rewriter(with_keys());
  std::size_t parsed = 0;
  run_on_bounded_stack([&] {
    for (const Shape& shape : shapes) {
      std::size_t repeats = shape.most_repeats(shape_bytes);
      while (repeats > 1 && !rewriter.rewrite(shape.text(repeats))->parsed) {
        repeats -= repeats / 8 + 1;
      }
      if (repeats > 1) ++parsed;
    }
  });
  CHECK(parsed >= shapes.size() - 2);
}

TEST_CASE("long but flat texts are parsed") {
  Rewriter rewriter({});
  for (const Shape& shape : {Shape{"SELECT 1 WHERE a IN (", "1,", "1)", ""},
                             Shape{"INSERT INTO t VALUES ", "(1,'a'),", "(1,'a')", ""},
                             Shape{"SELECT 1 WHERE ", "a = 1 AND ", "b", ""},
                             Shape{"", "SELECT 1 FROM a JOIN b ON true;", "", ""}}) {
    CHECK(rewriter.rewrite(shape.text(1000))->parsed);
  }
}

// What Temporal sends in pgx's simple protocol, where values stand in the text, and what others
// generate: no length of a flat text needs more stack than a short one.
TEST_CASE("megabytes of flat text are parsed") {
  RewriterOptions options;
  options.cache_bytes = 0;
  Rewriter rewriter(options);
  std::vector<std::string> unread;
  const auto wide = [](std::size_t count) {
    std::string row = "(1";
    for (std::size_t i = 0; i < count; ++i) row += ",'a'";
    return row + "),";
  };
  const std::string literal(std::size_t{10} << 20, 'x');
  const std::vector<std::string> texts = {
      "INSERT INTO t VALUES (1, '" + literal + "')",
      "INSERT INTO t VALUES (1, E'\\\\x" + literal + "')",
      "SELECT 1 /* " + literal + " */ FROM t",
      "SELECT \"" + literal + "\" FROM t",
      "SELECT E'" + Shape{"", "\\', ", "", ""}.text(1'100'000) + "'",
      "SELECT '" + Shape{"", "''{\"a\": \\1}, ", "", ""}.text(400'000) + "'",
      "SELECT \"" + Shape{"", "'a', ", "", ""}.text(1'100'000) + "\"",
      "SELECT 1 /*" + Shape{"", "it's, ", "", ""}.text(1'100'000) + "*/",
      "SELECT 1 --" + Shape{"", "it's, ", "", ""}.text(1'100'000),
      Shape{"SELECT 1 WHERE a IN (", "12345,", "1)", ""}.text(100'000),
      Shape{"SELECT 1 WHERE a IN (", "'x',", "'y')", ""}.text(100'000),
      Shape{"INSERT INTO t VALUES ", "(1,'a'),", "(1,'a')", ""}.text(100'000),
      Shape{"INSERT INTO t VALUES ", wide(10), "(1)", ""}.text(10'000),
      Shape{"SELECT 1 WHERE ", "a = 1 AND ", "b", ""}.text(20'000),
      Shape{"SELECT 1 WHERE ", "a = 1 OR ", "b", ""}.text(20'000),
      Shape{"SELECT ", "a,", "b FROM t FOR SHARE", ""}.text(40'000),
      Shape{"SELECT 1 FROM ", "a,", "b", ""}.text(40'000),
      Shape{"", "SELECT 1 FROM t;", "", ""}.text(10'000),
      Shape{"", "SET statement_timeout = 0;", "", ""}.text(20'000),
  };
  run_on_bounded_stack([&] {
    for (const std::string& text : texts) {
      if (!rewriter.rewrite(text)->parsed) unread.push_back(text.substr(0, 40));
    }
  });
  CHECK(unread == std::vector<std::string>());
}

// What would take more than its length in time or memory is not parsed, however short it is.
TEST_CASE("texts whose cost grows faster than their length are not parsed") {
  RewriterOptions options;
  options.cache_bytes = 0;
  Rewriter rewriter(options);
  const auto assigned = [&](std::size_t columns, std::size_t bytes) {
    std::string names = "(a";
    for (std::size_t i = 1; i < columns; ++i) names += ",a";
    return "UPDATE t SET v = 1, " + names + ") = ('" + std::string(bytes, 'x') + "')";
  };
  CHECK_FALSE(rewriter.rewrite("SELECT " + Shape{"", "a,", "a", ""}.text(50'000))->parsed);
  CHECK_FALSE(
      rewriter
          .rewrite(Shape{"WITH ", "a AS (SELECT 1),", "a AS (SELECT 1) SELECT 1", ""}.text(20'000))
          ->parsed);
  CHECK(rewriter.rewrite("SELECT " + Shape{"", "NULL,", "1", ""}.text(60'000))->parsed);
  for (const char* part : {"1,", ";", "-", "$1,", "''\n,"}) {
    INFO(part);
    CHECK_FALSE(rewriter.rewrite(Shape{"SELECT 1 IN (", part, "1)", ""}.text(1'100'000))->parsed);
  }
  CHECK(rewriter.rewrite(assigned(40, 1'000'000))->parsed);
  CHECK_FALSE(rewriter.rewrite(assigned(100, 1'000'000))->parsed);
  CHECK_FALSE(rewriter.rewrite(assigned(20'000, 20'000))->parsed);
}

TEST_CASE("text above the limit passes unread and is not kept") {
  RewriterOptions options;
  options.longest_parsed = 100;
  Rewriter rewriter(options);
  const std::string text = "SELECT 1 FROM t FOR SHARE /*" + std::string(100, ' ') + "*/";
  const auto done = rewriter.rewrite(text);
  CHECK(done->text == text);
  CHECK_FALSE(done->parsed);
  CHECK(done->statements.empty());
  CHECK(rewriter.counts().entries == 0);
}

TEST_CASE("text with NUL bytes or broken UTF-8 passes unread") {
  Rewriter rewriter({});
  for (const std::string& text :
       {std::string("SELECT 1 FROM t FOR SHARE\0; LOCK TABLE t", 40),
        std::string("SELECT '\xff' FROM t FOR SHARE"), std::string("SELECT 'open FOR SHARE")}) {
    const auto done = rewriter.rewrite(text);
    CHECK(done->text == text);
    CHECK_FALSE(done->parsed);
  }
}

}  // namespace occam::rewriter
