// Judge where a transaction begins and ends: COMMIT, autocommit, and what is asked of it then.
#include <algorithm>
#include <cctype>
#include <chrono>

#include "emulator/conflicts.hpp"
#include "emulator/judge.hpp"

namespace emulator {
namespace {

using std::chrono_literals::operator""s;

constexpr auto longest_wait = 30s;

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

bool shares_keys(const Entry& entry) {
  for (const auto& select : entry.statement->locked)
    for (const auto& item : select.items)
      if (item.strength == LockStrength::key_share) return true;
  return false;
}

// What the answer to a text of trace.hpp names with this letter: all columns of a lock's rows, the
// last one of a change's.
void add_names(const Answer& answer, bool last_only, char letter, std::vector<std::string>& names) {
  for (const auto& row : rows(answer))
    for (std::size_t i = last_only ? row.size() - 1 : 0; i < row.size(); ++i)
      if (row[i].starts_with(letter)) names.push_back(row[i].substr(1));
}

}  // namespace

Answer Judge::begin(std::string_view sql) {
  Script script;
  append_control(script, sql, "begin", Call::begin);
  return bare(single(script));
}

Answer Judge::roll_back(std::string_view sql) {
  Script script;
  append_control(script, sql, "rollback", Call::rollback);
  close_transaction();
  return bare(single(script));
}

void Judge::close_transaction() {
  log_.clear();
  shadowed_.clear();
  held_ = false;
  if (since_) docket_.key_shares.leave(*since_);
  since_.reset();
}

TableFacts Judge::facts() {
  return {[this](const std::string& table) { return catalog_.assignable_column(table); },
          [this](const std::string& table) { return catalog_.primary_key(table); },
          [this](const std::string& table) { return catalog_.unique_columns(table); }};
}

std::string Judge::trace(const Entry& entry) {
  return entry.statement->kind == Kind::lock ? trace_of(*entry.parsed, *entry.statement, facts())
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
    if (failed != answers.end() && met_a_probe(*failed) && patience.again()) {
      if (commits.owns_lock()) commits.unlock();
      continue;
    }
    if (failed == answers.end() && commits.owns_lock()) {
      std::vector<std::string> shared;
      for (std::size_t i = index + 1; i + 1 < answers.size(); ++i)
        add_names(answers[i], false, shared_row, shared);
      docket_.key_shares.record(shared);
    }
    if (failed != answers.end() && &*failed != &own) {
      replace_last_tag(own.frames, data_conflict());
      own.failed = true;
      own.code = data_conflict().code;
    } else {
      own = settle(std::move(own));
    }
    own.status = status_;
    return own;
  }
}

Answer Judge::commit(std::string_view sql) {
  if (status_ == 'T' && !held_ && !log_.empty() && shadowed_.empty()) {
    auto answer = commit_log(sql);
    close_transaction();
    return answer;
  }
  const bool lost = status_ == 'T' && !shadowed_.empty();
  if (lost) {
    roll_back("rollback");
    return refused(data_conflict(), status_);
  }
  close_transaction();
  Script script;
  append_control(script, sql, "commit", Call::commit);
  return settle(bare(single(script)));
}

Answer Judge::commit_log(std::string_view sql) {
  const auto& entries = log_.entries();
  std::vector<std::string> traces;
  traces.reserve(entries.size());
  for (const auto& entry : entries) traces.push_back(trace(entry));

  const std::lock_guard one_at_a_time(docket_.commits);
  // Rows that were only locked FOR KEY SHARE since this transaction began have to be looked for
  // before COMMIT is sent; otherwise all of it is one round trip.
  const bool careful = since_ && docket_.key_shares.any(*since_);
  std::vector<std::string> changes(entries.size());
  for (std::size_t i = 0; careful && i < entries.size(); ++i)
    changes[i] = named_change(*entries[i].parsed, *entries[i].statement, facts());
  Script script;
  script.call(Call::wait_long);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& text = !traces[i].empty()    ? traces[i]
                       : !changes[i].empty() ? changes[i]
                                             : entries[i].sql;
    kept_.append(script, text, entries[i].types, entries[i].bind);
  }
  if (!careful) append_control(script, sql, "commit", Call::commit);
  auto answers = exchange(script);
  if (careful && !end_carefully(sql, changes, answers)) return refused(data_conflict(), status_);

  const auto failed = first_failed(answers);
  if (failed != answers.end()) {
    if (failed - answers.begin() <= static_cast<long>(entries.size()) && lost_at_commit(*failed))
      return refused(data_conflict(), status_);
    auto answer = bare(std::move(*failed));
    answer.status = status_;
    return settle(std::move(answer));
  }
  std::vector<std::string> shared;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!traces[i].empty())
      add_names(answers[i + 1], false, shared_row, shared);
    else if (answers[i + 1].tag() != entries[i].tag)
      ++divergences_;
  }
  docket_.key_shares.record(shared);
  return bare(std::move(answers.back()));
}

bool Judge::end_carefully(std::string_view sql, const std::vector<std::string>& changes,
                          std::vector<Answer>& answers) {
  Script script;
  bool met = false;
  const bool failed = first_failed(answers) != answers.end();
  if (!failed) {
    std::vector<std::string> exclusive;
    for (std::size_t i = 0; i < changes.size(); ++i)
      if (log_.entries()[i].statement->kind == Kind::lock)
        add_names(answers[i + 1], false, exclusive_row, exclusive);
      else if (!changes[i].empty())
        add_names(answers[i + 1], true, exclusive_row, exclusive);
    met = docket_.key_shares.met(*since_, exclusive);
  }
  if (failed || met)
    script.call(Call::rollback);
  else
    append_control(script, sql, "commit", Call::commit);
  answers.push_back(single(script));
  return !met;
}

}  // namespace emulator
