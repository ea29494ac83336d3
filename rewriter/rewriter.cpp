#include "rewriter/rewriter.hpp"

#include <optional>
#include <utility>

#include "rewriter/classify.hpp"
#include "rewriter/lock_sites.hpp"
#include "rewriter/locking.hpp"
#include "rewriter/nesting.hpp"
#include "rewriter/parse_tree.hpp"
#include "rewriter/proof.hpp"
#include "rewriter/refusals.hpp"
#include "rewriter/rewrite_cache.hpp"
#include "rewriter/same_tree.hpp"

namespace occam::rewriter {
namespace {

// A text as the parser took it: as it came, or with LOCK IN SHARE MODE read as FOR SHARE.
struct Reading {
  std::string text;
  std::vector<Token> tokens;
  ParseTree tree;
  std::vector<Span> share_modes;
};

// The scanner is quadratic in nested comments (a second for 20 kB of them), and finding the clauses
// in their number: texts with more than these are passed on as they are.
constexpr std::size_t most_comments = 64;

bool many_comments(const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find("/*"); at != std::string::npos; at = text.find("/*", at + 1)) {
    if (++count > most_comments) return true;
  }
  return false;
}

std::optional<Reading> read(const std::string& text) {
  if (many_comments(text)) return std::nullopt;
  auto tokens = scan(text);
  if (!tokens || depth_bound(text, *tokens) > deepest_parsed) return std::nullopt;
  if (auto tree = ParseTree::parse(text)) {
    return Reading{text, std::move(*tokens), std::move(*tree), {}};
  }
  std::vector<Span> share_modes = find_share_modes(text, *tokens);
  if (share_modes.empty()) return std::nullopt;
  std::string respelled = respell_share_modes(text, share_modes);
  tokens = scan(respelled);
  auto tree = ParseTree::parse(respelled);
  if (!tokens || !tree) return std::nullopt;
  return Reading{std::move(respelled), std::move(*tokens), std::move(*tree),
                 std::move(share_modes)};
}

std::vector<Statement> classify_all(const ParseTree& tree) {
  std::vector<Statement> statements;
  for (const Node statement : tree.statements()) statements.push_back(classify(statement));
  return statements;
}

std::unique_ptr<const Refusal> refuse_any(const ParseTree& tree) {
  for (const Node statement : tree.statements()) {
    if (auto refusal = refuse(statement)) return refusal;
  }
  return nullptr;
}

// The edited text and its tree, if the second parse proves it.
std::optional<std::pair<std::string, ParseTree>> proven(const std::string& original,
                                                        const Reading& reading,
                                                        const LockRewrite& locks) {
  std::string after = locks.edits.apply(original);
  auto tree = ParseTree::parse(after);
  if (!tree || !same_tree(reading.tree, *tree, locks.expected) ||
      !same_tokens_outside(reading.tokens, locks.edits, after)) {
    return std::nullopt;
  }
  return std::pair{std::move(after), std::move(*tree)};
}

Rewrite make(const std::string& text, const RewriterOptions& options) {
  Rewrite rewrite;
  rewrite.text = text;
  const auto reading = read(text);
  if (!reading) return rewrite;
  // What parses only with other words is not what the server would be sent, unless it is changed.
  rewrite.parsed = reading->share_modes.empty();
  rewrite.refusal = refuse_any(reading->tree);
  if (rewrite.refusal) {
    rewrite.original = text;
  } else {
    LockRewrite locks = rewrite_locks(text, reading->text, reading->tree, reading->tokens,
                                      reading->share_modes, options);
    if (!locks.edits.empty()) {
      if (auto after = proven(text, *reading, locks)) {
        rewrite.parsed = true;
        rewrite.changed = true;
        rewrite.original = text;
        rewrite.text = std::move(after->first);
        rewrite.changes = std::move(locks.changes);
        rewrite.statements = classify_all(after->second);
        return rewrite;
      }
    }
  }
  if (rewrite.parsed) rewrite.statements = classify_all(reading->tree);
  return rewrite;
}

}  // namespace

Rewriter::Rewriter(RewriterOptions options)
    : options_(std::move(options)), cache_(std::make_unique<RewriteCache>(options_.cache_bytes)) {}

Rewriter::~Rewriter() = default;

std::shared_ptr<const Rewrite> Rewriter::rewrite(std::string_view text) {
  if (text.size() > options_.longest_parsed) {  // not worth a hash, let alone a place
    auto unread = std::make_shared<Rewrite>();
    unread->text = text;
    return unread;
  }
  if (auto found = cache_->find(text)) return found;
  auto made = std::make_shared<const Rewrite>(make(std::string(text), options_));
  cache_->keep(text, made);
  return made;
}

Rewriter::Counts Rewriter::counts() const { return cache_->counts(); }

}  // namespace occam::rewriter
