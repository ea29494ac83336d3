// Text in; text, statements, changes and refusals out. The only door of this room for the proxy.
// Knows SQL and the table rules; knows no session, no protocol, no metric. Never throws for bad
// SQL: text that cannot be parsed passes unchanged and the server complains. Thread-safe: one
// Rewriter serves all sessions. A text is parsed once per process, never per execution.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "rewriter/dialect.hpp"
#include "rewriter/parameters.hpp"
#include "rewriter/rewrite.hpp"
#include "rewriter/statement.hpp"
#include "rewriter/table_rules.hpp"

namespace occam::rewriter {

struct RewriterOptions {
  bool enabled = true;  // false: every text passes as it came, and is only told apart
  Dialect dialect = Dialect::current;
  Server server = Server::aurora_dsql;
  TableRules rules;
  // Whether FOR KEY SHARE was shown to fence on this upstream; decides `share: auto`.
  bool key_share_proven = false;
  // Settings outside DSQL's allow-list whose SET is answered without effect.
  IgnoredSettings ignored_settings = harmless_settings();
  // Texts above this are not parsed. It bounds memory and time, which are linear in the length;
  // against deep texts, which overflow the stack, there is nesting.hpp.
  std::size_t longest_parsed = std::size_t{16} << 20;
  // Bytes of text and results kept; the least recently used entries go first.
  std::size_t cache_bytes = std::size_t{16} << 20;
};

class RewriteCache;

class Rewriter {
 public:
  explicit Rewriter(RewriterOptions options);
  ~Rewriter();
  Rewriter(const Rewriter&) = delete;
  Rewriter& operator=(const Rewriter&) = delete;

  // Never null. The calling thread parses on a miss: it must be one of a fixed set of threads with
  // a 64 MiB stack (facts/peers.md C3), and text must not contain NUL bytes.
  std::shared_ptr<const Rewrite> rewrite(std::string_view text);

  const RewriterOptions& options() const { return options_; }

  struct Counts {
    std::size_t hits = 0;
    std::size_t misses = 0;
    std::size_t entries = 0;
    std::size_t bytes = 0;
  };
  Counts counts() const;

 private:
  RewriterOptions options_;
  std::unique_ptr<RewriteCache> cache_;
};

}  // namespace occam::rewriter
