#include "rewriter/rewriter.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>
#include <utility>

#include "rewriter/binary_keys.hpp"
#include "rewriter/blind_delete.hpp"
#include "rewriter/catalog_queries.hpp"
#include "rewriter/classify.hpp"
#include "rewriter/databases.hpp"
#include "rewriter/lock_sites.hpp"
#include "rewriter/locking.hpp"
#include "rewriter/nesting.hpp"
#include "rewriter/parse_cost.hpp"
#include "rewriter/parse_tree.hpp"
#include "rewriter/proof.hpp"
#include "rewriter/refusals.hpp"
#include "rewriter/rewrite_cache.hpp"
#include "rewriter/row_locks.hpp"
#include "rewriter/row_writes.hpp"
#include "rewriter/same_tree.hpp"
#include "rewriter/schema.hpp"
#include "rewriter/session_statements.hpp"
#include "rewriter/setting_change.hpp"
#include "rewriter/slices.hpp"
#include "rewriter/translation.hpp"
#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

std::optional<Reading> read(const std::string& text) {
  if (too_costly_to_scan(text)) return std::nullopt;
  auto tokens = scan(text);
  if (!tokens || depth_bound(text, *tokens) > deepest_parsed ||
      too_costly_to_parse(text, *tokens)) {
    return std::nullopt;
  }
  if (auto tree = ParseTree::parse(text)) {
    return Reading{text, text, std::move(*tokens), std::move(*tree), {}};
  }
  std::vector<Span> share_modes = find_share_modes(text, *tokens);
  if (share_modes.empty()) return std::nullopt;
  std::string respelled = respell_share_modes(text, share_modes);
  tokens = scan(respelled);
  auto tree = ParseTree::parse(respelled);
  if (!tokens || !tree) return std::nullopt;
  return Reading{text, std::move(respelled), std::move(*tokens), std::move(*tree),
                 std::move(share_modes)};
}

std::vector<Statement> classify_all(const ParseTree& tree, const std::string& text) {
  std::vector<Statement> statements;
  for (std::size_t i = 0; i < tree.statements().size(); ++i) {
    const Node statement = tree.statements()[i];
    statements.push_back(classify(statement));
    if (auto change = setting_change(statement, text, tree.extents()[i])) {
      statements.back().setting = std::move(change);
    }
  }
  return statements;
}

// What stands in its place resets a setting that nobody needs, and does nothing else.
Statement idle(Statement statement) {
  Statement read;
  read.kind = StatementKind::read;
  read.setting = std::move(statement.setting);
  return read;
}

std::unique_ptr<const Refusal> refuse_any(const ParseTree& tree) {
  for (const Node statement : tree.statements()) {
    if (auto refusal = refuse(statement)) return refusal;
  }
  return nullptr;
}

// Every rewrite at once; they edit different places.
Translation translate(const Reading& reading, const RewriterOptions& options) {
  Translation all = rewrite_locks(reading, options);
  if (options.server == Server::postgresql) return all;
  for (const auto rewrite : {translate_binary_keys, translate_definitions, translate_databases,
                             translate_catalog_queries, translate_session_statements}) {
    Translation one = rewrite(reading, options);
    if (one.refusal && !all.refusal) all.refusal = std::move(one.refusal);
    if (one.plan) all.plan = std::move(one.plan);
    all.needed = all.needed || one.needed;
    all.idle.insert(all.idle.end(), one.idle.begin(), one.idle.end());
    for (const Edit& edit : one.edits.list()) all.edits.replace(edit.begin, edit.end, edit.words);
    all.expected.merge(one.expected);
    std::move(one.changes.begin(), one.changes.end(), std::back_inserter(all.changes));
  }
  return all;
}

// The edited text and its tree, if the second parse proves it.
std::optional<std::pair<std::string, ParseTree>> proven(const Reading& reading,
                                                        const Translation& translation) {
  std::string after = translation.edits.apply(reading.original);
  auto tree = ParseTree::parse(after);
  if (!tree || !same_tree(reading.tree, *tree, translation.expected) ||
      !same_tokens_outside(reading.original, reading.tokens, translation.edits, after)) {
    return std::nullopt;
  }
  return std::pair{std::move(after), std::move(*tree)};
}

std::unique_ptr<const Refusal> untranslatable() {
  return std::make_unique<Refusal>(Refusal{
      "0A000", "Occam cannot translate this statement for Aurora DSQL",
      "It uses columns or definitions that are stored in another form there. Write it in a simpler "
      "way; `occam explain` shows what is translated."});
}

std::unique_ptr<const Refusal> not_alone() {
  return std::make_unique<Refusal>(
      Refusal{"0A000", "this definition takes several steps on Aurora DSQL and must stand alone",
              "Send it as a statement of its own, outside a transaction."});
}

// As a word of its own.
bool names(const std::string& text, const std::string& word) {
  const auto in_word = [&](std::size_t at) {
    const auto c = static_cast<unsigned char>(at < text.size() ? text[at] : ' ');
    return std::isalnum(c) != 0 || c == '_' || c >= 0x80U;
  };
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    if (!(at > 0 && in_word(at - 1)) && !in_word(at + word.size())) return true;
  }
  return false;
}

// Columns that are stored in another form; rows that others may hold FOR KEY SHARE, so that a
// write must lock them first.
bool must_be_read(const TableRule& rule, const RewriterOptions& options) {
  const bool translated = options.server == Server::aurora_dsql && !rule.binary_keys.empty();
  return translated || shares_by_key(rule, options);
}

// Errs on the safe side: U&"..." may be any name, and a quote stands twice in a quoted one.
bool may_name_such_a_table(std::string text, const RewriterOptions& options) {
  text = lower(std::move(text));
  const bool escaped = text.find("u&\"") != std::string::npos;
  const auto& tables = options.rules.tables;
  return std::any_of(tables.begin(), tables.end(), [&](const auto& rule) {
    return must_be_read(rule.second, options) &&
           (escaped || rule.first.find('"') != std::string::npos || names(text, lower(rule.first)));
  });
}

// What cannot be read passes as it is, unless that might be taken in another sense.
Rewrite unread(const std::string& text, const RewriterOptions& options) {
  Rewrite rewrite;
  rewrite.text = text;
  if (!options.enabled || !may_name_such_a_table(text, options)) return rewrite;
  rewrite.original = text;
  rewrite.refusal = std::make_unique<Refusal>(Refusal{
      "42601",
      "Occam cannot read this statement, which names a table with binary keys or with rows that "
      "others may hold FOR KEY SHARE",
      "It holds a syntax error, is longer than rewriter.longest_parsed, or has too many parts or "
      "levels. Send it as several shorter ones."});
  return rewrite;
}

// `text` is what is sent, `tree` its tree; the row that a write names is told by the client's own.
std::unique_ptr<const RowAccess> row_access(const Reading& reading, const std::string& text,
                                            const ParseTree& tree, Translation& translation,
                                            const RewriterOptions& options) {
  if (translation.rows) return std::move(translation.rows);
  if (reading.tree.statements().size() != 1) return nullptr;
  auto row = written_row(reading.tree.statements().front(), reading.text, options);
  return row ? row_write(std::move(*row), text, tree, options) : nullptr;
}

Rewrite refused(const std::string& text, const ParseTree& tree,
                std::unique_ptr<const Refusal> refusal) {
  Rewrite rewrite;
  rewrite.text = rewrite.original = text;
  rewrite.parsed = true;
  rewrite.refusal = std::move(refusal);
  rewrite.statements = classify_all(tree, text);
  return rewrite;
}

Rewrite untouched(const std::string& text, const std::optional<Reading>& reading) {
  Rewrite rewrite;
  rewrite.text = text;
  rewrite.parsed = reading && reading->share_modes.empty();
  if (rewrite.parsed) rewrite.statements = classify_all(reading->tree, text);
  return rewrite;
}

Rewrite make(const std::string& text, const RewriterOptions& options) {
  const auto reading = read(text);
  if (!options.enabled) return untouched(text, reading);
  if (!reading) return unread(text, options);
  Rewrite rewrite;
  rewrite.text = text;
  auto refusal = refuse_any(reading->tree);
  if (!refusal) refusal = refuse_unlocked_write(reading->tree, reading->text, options);
  if (refusal) {
    rewrite = refused(text, reading->tree, std::move(refusal));
    // What parses only with other words is not what the server would be sent.
    rewrite.parsed = reading->share_modes.empty();
    return rewrite;
  }
  Translation translation = translate(*reading, options);
  if (translation.refusal) return refused(text, reading->tree, std::move(translation.refusal));
  if (translation.plan) {
    if (reading->tree.statements().size() != 1) return refused(text, reading->tree, not_alone());
    rewrite.plan = std::move(translation.plan);
    rewrite.refusal = not_alone();
    rewrite.changes = std::move(translation.changes);
    rewrite.original = text;
    rewrite.parsed = rewrite.changed = true;
    rewrite.statements = classify_all(reading->tree, text);
    return rewrite;
  }
  if (!translation.edits.empty()) {
    if (auto after = proven(*reading, translation)) {
      rewrite.parsed = rewrite.changed = true;
      rewrite.original = text;
      rewrite.text = std::move(after->first);
      rewrite.changes = std::move(translation.changes);
      rewrite.statements = classify_all(after->second, rewrite.text);
      for (const std::size_t number : translation.idle) {
        rewrite.statements[number] = idle(std::move(rewrite.statements[number]));
      }
      rewrite.slices = slice(rewrite.text, after->second, options);
      rewrite.blind_delete = is_blind_delete(after->second, options.rules);
      rewrite.rows = row_access(*reading, rewrite.text, after->second, translation, options);
      return rewrite;
    }
    if (translation.needed) return refused(text, reading->tree, untranslatable());
    translation.rows = nullptr;  // the clause stands as it came
  }
  rewrite.parsed = reading->share_modes.empty();
  if (!rewrite.parsed) return rewrite;
  rewrite.statements = classify_all(reading->tree, text);
  rewrite.slices = slice(text, reading->tree, options);
  rewrite.blind_delete = is_blind_delete(reading->tree, options.rules);
  rewrite.rows = row_access(*reading, text, reading->tree, translation, options);
  return rewrite;
}

}  // namespace

Rewriter::Rewriter(RewriterOptions options)
    : options_(std::move(options)), cache_(std::make_unique<RewriteCache>(options_.cache_bytes)) {}

Rewriter::~Rewriter() = default;

std::shared_ptr<const Rewrite> Rewriter::rewrite(std::string_view text) {
  if (text.size() > options_.longest_parsed) {  // not worth a hash, let alone a place
    return std::make_shared<const Rewrite>(unread(std::string(text), options_));
  }
  if (auto found = cache_->find(text)) return found;
  auto made = std::make_shared<const Rewrite>(make(std::string(text), options_));
  cache_->keep(text, made);
  return made;
}

Rewriter::Counts Rewriter::counts() const { return cache_->counts(); }

}  // namespace occam::rewriter
