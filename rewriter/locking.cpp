#include "rewriter/locking.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "rewriter/lock_pairing.hpp"
#include "rewriter/lock_sites.hpp"
#include "rewriter/locked_rows.hpp"
#include "rewriter/locked_tables.hpp"
#include "rewriter/row_locks.hpp"

namespace occam::rewriter {
namespace {

// Pairing clauses with their words is quadratic: 1,000 of them take half a second.
constexpr std::size_t most_clauses = 100;

// What a clause becomes. In order of strength: the strongest demand of all its tables wins.
enum class Demand { cut, key_share, update };

struct Verdict {
  Demand demand = Demand::update;
  std::string reason;
  const char* rule = nullptr;  // of a cut that loses nothing; else the clause's own
};

std::string because(const TableRules& rules, const std::string& table) {
  const auto rule = rules.tables.find(table);
  if (rule == rules.tables.end() || rule->second.reason.empty()) return {};
  return " (" + table + ": " + rule->second.reason + ")";
}

Demand demand_of(ShareRule rule, const RewriterOptions& options) {
  switch (rule) {
    case ShareRule::auto_:
      return options.key_share_proven ? Demand::key_share : Demand::update;
    case ShareRule::key_share:
      return Demand::key_share;
    case ShareRule::for_update:
      return Demand::update;
    case ShareRule::drop:
      return Demand::cut;
  }
  return Demand::update;
}

std::string reason_of(Demand demand) {
  switch (demand) {
    case Demand::cut:
      return "the rule share: drop asks for no lock: a concurrent change of the row goes unnoticed";
    case Demand::key_share:
      return "holders of FOR KEY SHARE do not conflict with each other and still conflict with "
             "every FOR UPDATE, DELETE and change of the key";
    case Demand::update:
      return "FOR UPDATE conflicts with all that FOR SHARE keeps off, and more: nothing is lost";
  }
  return {};
}

// A table without a rule demands FOR UPDATE, as does a clause that locks no table at all.
Verdict judge_share(const LockClause& clause, const RewriterOptions& options) {
  std::optional<Demand> strongest;
  std::string decisive;
  for (const std::string_view table : clause.tables) {
    const auto rule = options.rules.tables.find(table);
    const Demand demand = rule == options.rules.tables.end()
                              ? Demand::update
                              : demand_of(rule->second.share, options);
    if (!strongest || demand > *strongest) {
      strongest = demand;
      decisive = std::string(table);
    }
  }
  Demand demand = strongest.value_or(Demand::update);
  const auto rule = options.rules.tables.find(decisive);
  const bool waits = demand == Demand::update && rule != options.rules.tables.end() &&
                     rule->second.share == ShareRule::auto_;
  // The older dialect has no FOR KEY SHARE (facts/dsql.md §1.6).
  if (demand == Demand::key_share && options.dialect == Dialect::dsql_2025) demand = Demand::update;
  std::string reason = reason_of(demand);
  if (waits && options.dialect != Dialect::dsql_2025) {
    reason += "; FOR KEY SHARE once `occam serve` has seen that it fences on its upstream";
  }
  return {demand, reason + because(options.rules, decisive)};
}

// The clause would be FOR UPDATE. Nothing: it is.
std::optional<Verdict> judge_cut(const LockClause& clause, LockFate fate,
                                 const RewriterOptions& options) {
  const std::string why = clause.tables.empty()
                              ? std::string()
                              : because(options.rules, std::string(clause.tables.front()));
  switch (fate) {
    case LockFate::version_check:
      return Verdict{Demand::cut,
                     "the row's version is remembered: a later update of the row asks for it, and "
                     "a row that is not updated is locked by its key before COMMIT" +
                         why,
                     "version_check"};
    case LockFate::by_key:
      return Verdict{Demand::cut,
                     "this dialect does not take the clause here; each row of the answer is locked "
                     "by its key before COMMIT, which on one snapshot is the same" +
                         why,
                     "locked_by_key"};
    case LockFate::primary_key:
      return Verdict{Demand::cut,
                     "this dialect does not take the clause here; of two that insert the next key "
                     "the primary key lets only one through" +
                         why,
                     "primary_key"};
    case LockFate::kept:
      break;
  }
  return std::nullopt;
}

// A FOR UPDATE that was left out and then an UPDATE of other columns than the key: nothing of that
// meets a FOR KEY SHARE (PostgreSQL manual, "Row-Level Locks").
bool left_out_elsewhere(const LockClause& clause, const RewriterOptions& options) {
  return std::any_of(clause.tables.begin(), clause.tables.end(), [&](std::string_view table) {
    const auto rule = options.rules.tables.find(table);
    return rule != options.rules.tables.end() && may_leave_lock_out(rule->second);
  });
}

// Nothing: the clause stays as it is.
std::optional<Verdict> judge(const LockClause& clause, LockFate fate,
                             const RewriterOptions& options) {
  const std::string_view strength = clause.node.text("strength");
  const bool old = options.dialect == Dialect::dsql_2025;
  std::optional<Verdict> verdict;
  if (strength == "LCS_FORSHARE") {
    verdict = judge_share(clause, options);
  } else if (strength == "LCS_FORNOKEYUPDATE") {
    verdict = Verdict{Demand::update,
                      "DSQL cannot spell FOR NO KEY UPDATE; FOR UPDATE conflicts with all that it "
                      "keeps off, and with FOR KEY SHARE too"};
  } else if (strength == "LCS_FORKEYSHARE" && old) {
    verdict = Verdict{Demand::update,
                      "this dialect has no FOR KEY SHARE; FOR UPDATE conflicts with all that it "
                      "keeps off, and more"};
  } else if (strength == "LCS_FORKEYSHARE" && left_out_elsewhere(clause, options)) {
    verdict =
        Verdict{Demand::update,
                "the table's rule leaves FOR UPDATE out, so that FOR KEY SHARE would not meet "
                "it; FOR UPDATE conflicts with all that it keeps off, and more"};
  }
  const bool update = verdict ? verdict->demand == Demand::update : strength == "LCS_FORUPDATE";
  // A primary key stands in for the lock of one who inserts the next row, not for a reader's.
  const bool reads = strength == "LCS_FORSHARE" || strength == "LCS_FORKEYSHARE";
  if (fate == LockFate::primary_key && reads) return std::nullopt;
  if (update) {
    if (auto cut = judge_cut(clause, fate, options)) return cut;
  }
  // The older dialect locks single tables only: a stronger word would not make a join legal.
  if (verdict && old && verdict->demand == Demand::update && clause.tables.size() > 1) {
    return std::nullopt;
  }
  return verdict;
}

// The rows to keep account of: those of a clause that is left out in their favour, or of one that
// is FOR UPDATE.
std::unique_ptr<const RowAccess> rows_of(const LockClause& clause,
                                         const std::optional<Verdict>& verdict, LockedRows locked) {
  const bool cut = verdict && verdict->rule != nullptr;
  const bool update =
      verdict ? verdict->demand == Demand::update : clause.node.text("strength") == "LCS_FORUPDATE";
  if (locked.rows.empty() || !(cut || update)) return nullptr;
  RowAccess access;
  access.kind = cut ? RowAccess::Kind::read : RowAccess::Kind::locked;
  access.rows = std::move(locked.rows);
  return std::make_unique<const RowAccess>(std::move(access));
}

const char* rule_name(LockStrength strength) {
  switch (strength) {
    case LockStrength::share:
      return "for_share";
    case LockStrength::no_key_update:
      return "for_no_key_update";
    case LockStrength::key_share:
      return "for_key_share";
    case LockStrength::update:
      break;
  }
  return "for_update";
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// Writes the edits and the changes for one text.
class Editor {
 public:
  Editor(const std::string& original, const std::vector<Span>& share_modes)
      : original_(original), share_modes_(share_modes) {}

  void take(const LockClause& clause, const LockSite& site, const Verdict& verdict) {
    const auto share_mode =
        std::find_if(share_modes_.begin(), share_modes_.end(),
                     [&](const Span& span) { return span.begin == site.begin; });
    const bool respelled = share_mode != share_modes_.end();
    const std::size_t end = respelled ? std::max(share_mode->end, site.end) : site.end;
    Edits local;
    if (verdict.demand == Demand::cut) {
      cut(site.begin, end, local);
      done_.expected[clause.node.id()] = Substitution::cut();
    } else {
      const bool update = verdict.demand == Demand::update;
      if (respelled) {
        local.replace(site.begin, share_mode->end, update ? "FOR UPDATE" : "FOR KEY SHARE");
      } else {
        spell(site, update, local);
      }
      done_.expected[clause.node.at("strength").id()] =
          Substitution::word(update ? "LCS_FORUPDATE" : "LCS_FORKEYSHARE");
    }
    record(site, end, respelled, verdict, local);
  }

  Translation done() { return std::move(done_); }

 private:
  void spell(const LockSite& site, bool update, Edits& edits) const {
    const Token& last = site.words.back();
    if (site.strength == LockStrength::share) {
      edits.replace(last.begin, last.end, update ? "UPDATE" : "KEY SHARE");
    } else if (site.strength == LockStrength::key_share) {
      drop_word(site.words.front(), edits);
      edits.replace(last.begin, last.end, "UPDATE");
    } else {
      drop_word(site.words[0], edits);
      drop_word(site.words[1], edits);
    }
  }

  // With the spaces behind it, but not with a comment.
  void drop_word(const Token& word, Edits& edits) const {
    std::size_t end = word.end;
    while (end < original_.size() && is_space(original_[end])) ++end;
    edits.replace(word.begin, end, "");
  }

  // The blanks before it go too where that cannot join two words or lengthen a line comment.
  void cut(std::size_t begin, std::size_t end, Edits& edits) const {
    const bool closed = end == original_.size() || is_space(original_[end]) ||
                        original_[end] == ')' || original_[end] == ';';
    if (closed) {
      while (begin > 0 && (original_[begin - 1] == ' ' || original_[begin - 1] == '\t')) --begin;
    }
    const bool joins = !closed && begin > 0 && !is_space(original_[begin - 1]);
    edits.replace(begin, end, joins ? " " : "");
  }

  void record(const LockSite& site, std::size_t end, bool respelled, const Verdict& verdict,
              const Edits& local) {
    Change change;
    const bool cut = verdict.demand == Demand::cut;
    change.rule = respelled ? "lock_in_share_mode" : rule_name(site.strength);
    if (verdict.rule != nullptr) change.rule = verdict.rule;
    change.before = original_.substr(site.begin, end - site.begin);
    change.reason = verdict.reason;
    change.weakens = cut && verdict.rule == nullptr;
    Edits shifted;
    for (const Edit& edit : local.list()) {
      done_.edits.replace(edit.begin, edit.end, edit.words);
      if (!cut) {
        shifted.replace(edit.begin - site.begin, edit.end - site.begin, edit.words);
      }
    }
    if (!cut) change.after = shifted.apply(change.before);
    done_.changes.push_back(std::move(change));
  }

  const std::string& original_;
  const std::vector<Span>& share_modes_;
  Translation done_;
};

}  // namespace

Translation rewrite_locks(const Reading& reading, const RewriterOptions& options) {
  const std::vector<LockClause> clauses = lock_clauses(reading.tree);
  if (clauses.empty() || clauses.size() > most_clauses) return {};
  std::vector<std::optional<Verdict>> verdicts;
  verdicts.reserve(clauses.size());
  LockedRows locked = locked_rows(reading, options);
  const Node top = reading.tree.statements().front().at("lockingClause").first();
  std::unique_ptr<const RowAccess> rows;
  for (const LockClause& clause : clauses) {
    verdicts.push_back(judge(clause, clause.node == top ? locked.fate : LockFate::kept, options));
    if (clause.node == top) rows = rows_of(clause, verdicts.back(), std::move(locked));
  }
  if (std::none_of(verdicts.begin(), verdicts.end(), [](const auto& v) { return v.has_value(); })) {
    Translation kept;
    kept.rows = std::move(rows);
    return kept;
  }
  const std::vector<std::optional<LockSite>> sites =
      pair_with_sites(clauses, reading.text, reading.tokens);
  if (sites.size() != clauses.size()) return {};
  Editor editor(reading.original, reading.share_modes);
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    if (!verdicts[i]) continue;
    if (!sites[i]) return {};
    editor.take(clauses[i], *sites[i], *verdicts[i]);
  }
  Translation done = editor.done();
  done.rows = std::move(rows);
  return done;
}

}  // namespace occam::rewriter
