// Judge where a transaction begins and ends: COMMIT, autocommit, and what is asked of it then.
#include <algorithm>
#include <cctype>
#include <chrono>

#include "emulator/judge/conflicts.hpp"
#include "emulator/judge/judge.hpp"

namespace emulator {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

constexpr auto longest_wait = 5s;

// The word alone can be run without parsing it.
void append_control(Script& script, std::string_view sql, std::string_view word, Call call) {
  const bool alone =
      sql.size() == word.size() &&
      std::equal(word.begin(), word.end(), sql.begin(), [](unsigned char a, unsigned char b) {
        return a == static_cast<unsigned char>(std::tolower(b));
      });
  if (alone)
    script.call(call);
  else
    script.run(sql);
}

// END is another word for it.
void append_commit(Script& script, std::string_view sql) {
  append_control(script, sql, sql.size() == 3 ? "end" : "commit", Call::commit);
}

bool shares_keys(const Entry& entry) {
  for (const auto& select : entry.statement->locked)
    for (const auto& item : select.items)
      if (item.strength == LockStrength::key_share) return true;
  return false;
}

}  // namespace

Answer Judge::begin(std::string_view sql) {
  Script script;
  const bool opens = status_ == 'I';
  append_control(script, sql, "begin", Call::begin);
  if (opens) script.call(Call::base);
  return bare(std::move(exchange(script).front()));
}

Answer Judge::roll_back(std::string_view sql) {
  Script script;
  append_control(script, sql, "rollback", Call::rollback);
  close_transaction();
  auto answer = bare(single(script));
  chain();
  return answer;
}

// AND CHAIN has begun another transaction.
void Judge::chain() {
  if (status_ != 'T') return;
  Script script;
  script.call(Call::base);
  single(script);
}

void Judge::close_transaction() {
  log_.clear();
  shadowed_.clear();
  origins_.clear();
  shared_names_.clear();
  mode_ = Mode::fresh;
  if (since_) docket_.key_shares.leave(*since_);
  since_.reset();
}

TableFacts Judge::facts() {
  return {[this](const std::string& table) { return catalog_.assignable_column(table); },
          [this](const std::string& table) { return catalog_.primary_key(table); },
          [this](const std::string& table) { return catalog_.unique_columns(table); }};
}

// The text runs twice with its trace, so its functions must not do anything.
std::string Judge::trace(const Entry& entry, bool weakly) {
  return entry.statement->kind == Kind::lock && harmless(*entry.statement)
             ? trace_of(*entry.parsed, *entry.statement, facts(), weakly)
             : std::string();
}

Answer Judge::autocommit(const Unit& unit, const std::vector<Entry>& locks,
                         std::string_view before_again) {
  std::vector<std::string> traces;
  traces.reserve(locks.size());
  for (const auto& entry : locks) traces.push_back(trace(entry));
  std::unique_lock commits(docket_.commits, std::defer_lock);
  for (Patience patience(longest_wait);;) {
    Script script;
    if (patience.tries() > 0) script.synced(before_again);
    if (!locks.empty()) script.call(Call::begin);
    const auto index = script.sections();
    append(script, unit);
    for (std::size_t i = 0; i < locks.size(); ++i)
      if (!traces[i].empty()) kept_.append(script, traces[i], locks[i].types, locks[i].bind);
    if (!locks.empty()) script.call(Call::commit);
    if (std::any_of(locks.begin(), locks.end(), shares_keys)) commits.lock();
    auto answers = exchange(script);
    auto& own = answers[index];
    const auto failed = first_failed(answers);
    if (failed != answers.end() && met_a_probe(*failed)) {
      docket_.ask_to_yield(*this);
      if (commits.owns_lock()) commits.unlock();
      if (patience.again()) continue;
    }
    if (failed == answers.end() && commits.owns_lock()) {
      std::vector<std::string> shared;
      for (std::size_t i = index + 1; i + 1 < answers.size(); ++i)
        add_names(answers[i], false, shared_row, shared);
      docket_.key_shares.record(shared);
    }
    if (failed != answers.end() && &*failed != &own) {
      replace_last_tag(own.frames, data_conflict(docket_.dialect));
      own.failed = true;
      own.code = data_conflict().code;
    } else {
      own = settle(docket_.dialect, std::move(own));
    }
    own.status = status_;
    return own;
  }
}

// A transaction that only read is told too (facts/dsql.md §1.4).
std::optional<Answer> Judge::lost_to_ddl() {
  if (!since_ || !catalog_changed()) return std::nullopt;
  roll_back("rollback");
  return refused(catalog_conflict(docket_.dialect), status_);
}

Answer Judge::commit(std::string_view sql) {
  auto answer = commit_somehow(sql);
  if (answer.failed && open()) {  // AND CHAIN; after a COMMIT that failed the session is idle
    roll_back("rollback");
    answer.status = status_;
  }
  chain();
  return answer;
}

Answer Judge::commit_somehow(std::string_view sql) {
  if (status_ == 'T' && mode_ == Mode::keeping && !log_.empty()) {
    auto answer = commit_kept(sql);
    if (answer) {
      close_transaction();
      return std::move(*answer);
    }
  }
  if (status_ == 'T' && mode_ == Mode::replaying && !log_.empty() && shadowed_.empty()) {
    auto answer = commit_log(sql);
    close_transaction();
    return answer;
  }
  if (status_ == 'T' && !shadowed_.empty()) {
    roll_back("rollback");
    return refused(data_conflict(docket_.dialect), status_);
  }
  if (status_ == 'T')
    if (auto answer = lost_to_ddl()) return std::move(*answer);
  close_transaction();
  Script script;
  append_commit(script, sql);
  return settle(docket_.dialect, bare(single(script)));
}

std::vector<std::string> Judge::traces() {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < log_.entries().size(); ++i)
    list.push_back(trace(log_.entries()[i], weakened(i)));
  return list;
}

// By table, not by row: the texts do not tell which rows they meet.
bool Judge::weakened(std::size_t index) {
  if (docket_.key_share_fences) return false;
  const auto& entries = log_.entries();
  return std::any_of(entries.begin() + static_cast<long>(index), entries.end(),
                     [&](const Entry& later) {
                       return updated_by(*entries[index].statement, *later.statement, facts());
                     });
}

std::optional<Answer> Judge::commit_kept(std::string_view sql) {
  const auto& entries = log_.entries();
  const bool keyed = std::any_of(entries.begin(), entries.end(), [this](const Entry& entry) {
    return entry.statement->kind == Kind::lock ||
           !named_change(*entry.parsed, *entry.statement, facts()).empty();
  });
  std::unique_lock alone(docket_.commits, std::defer_lock);
  std::shared_lock shared(docket_.commits, std::defer_lock);
  while (!(keyed ? alone.try_lock_for(1ms) : shared.try_lock_for(1ms)))
    if (asked_to_yield_) {
      yield();
      return std::nullopt;
    }
  if (auto answer = lost_to_ddl()) return answer;
  bool weak = false;
  for (std::size_t i = 0; i < entries.size(); ++i) weak = weak || weakened(i);
  if (weak || docket_.key_shares.any(*since_) || may_be_heavy()) {
    yield();
    return std::nullopt;
  }
  Script script;
  append_commit(script, sql);
  auto answer = single(script);
  if (answer.failed) return settle(docket_.dialect, bare(std::move(answer)));
  docket_.key_shares.record(shared_names_);
  return bare(std::move(answer));
}

Answer Judge::commit_log(std::string_view sql) {
  const auto& entries = log_.entries();
  const auto lock_traces = traces();
  const std::unique_lock one_at_a_time(docket_.commits);
  if (auto answer = lost_to_ddl()) return std::move(*answer);
  // What is done again waits for as long as it takes: so nobody may keep a lock meanwhile.
  const Docket::HoldOff nobody(docket_);
  docket_.ask_to_yield(*this);
  // Rows that were only locked FOR KEY SHARE since this transaction began have to be looked for
  // before COMMIT is sent; otherwise all of it is one round trip.
  const bool careful = docket_.key_shares.any(*since_) || may_be_heavy();
  std::vector<std::string> changes(entries.size());
  for (std::size_t i = 0; careful && i < entries.size(); ++i)
    changes[i] = named_change(*entries[i].parsed, *entries[i].statement, facts());
  Script script;
  script.call(Call::wait_long);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& text = !lock_traces[i].empty() ? lock_traces[i]
                       : !changes[i].empty()   ? changes[i]
                                               : entries[i].sql;
    kept_.append(script, text, entries[i].types, entries[i].bind);
  }
  if (!careful) append_commit(script, sql);
  auto answers = exchange(script);
  if (careful)
    if (const auto refusal = end_carefully(sql, changes, answers))
      return refused(*refusal, status_);
  return end(std::move(answers), lock_traces);
}

// All was done again, and committed; or something failed.
Answer Judge::end(std::vector<Answer> answers, const std::vector<std::string>& traces) {
  const auto& entries = log_.entries();
  const auto failed = first_failed(answers);
  if (failed != answers.end()) {
    if (failed - answers.begin() <= static_cast<long>(entries.size()) && lost_at_commit(*failed))
      return refused(data_conflict(docket_.dialect), status_);
    auto answer = bare(std::move(*failed));
    answer.status = status_;
    return settle(docket_.dialect, std::move(answer));
  }
  std::vector<std::string> shared;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!traces[i].empty())
      add_names(answers[i + 1], false, shared_row, shared);
    else if (answers[i + 1].tag() != entries[i].tag)
      ++divergences_;
  }
  docket_.key_shares.record(shared);
  if (std::any_of(entries.begin(), entries.end(),
                  [](const Entry& entry) { return entry.statement->kind == Kind::ddl; })) {
    ++docket_.definitions;
    if (!docket_.any_definitions) known_version_ = ++docket_.catalog_version;
  }
  return bare(std::move(answers.back()));
}

bool Judge::met_key_shares(const std::vector<std::string>& changes,
                           const std::vector<Answer>& answers) {
  std::vector<std::string> exclusive;
  for (std::size_t i = 0; i < changes.size(); ++i)
    if (log_.entries()[i].statement->kind == Kind::lock)
      add_names(answers[i + 1], false, exclusive_row, exclusive);
    else if (!changes[i].empty())
      add_names(answers[i + 1], true, exclusive_row, exclusive);
  return since_ && docket_.key_shares.met(*since_, exclusive);
}

std::optional<Refusal> Judge::end_carefully(std::string_view sql,
                                            const std::vector<std::string>& changes,
                                            std::vector<Answer>& answers) {
  const bool failed = first_failed(answers) != answers.end();
  std::optional<Refusal> refusal;
  if (!failed && may_be_heavy()) refusal = refuse_bytes(weight(answers), limits_);
  if (!failed && !refusal && met_key_shares(changes, answers))
    refusal = data_conflict(docket_.dialect);
  Script script;
  if (failed || refusal)
    script.call(Call::rollback);
  else
    append_commit(script, sql);
  answers.push_back(single(script));
  return refusal;
}

}  // namespace emulator
