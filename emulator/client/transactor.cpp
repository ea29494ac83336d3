#include "emulator/client/transactor.hpp"

#include <algorithm>

#include "proxy/wire/backend.hpp"

namespace emulator {
namespace {

TimePoint now() { return std::chrono::steady_clock::now(); }

constexpr auto unique_violation = "23505";

bool conflicted(const Answer& answer) { return answer.failed && answer.code == "40001"; }

bool touches_the_catalog(const Statement& statement) {
  switch (statement.kind) {
    case Kind::read:
    case Kind::lock:
    case Kind::write:
    case Kind::ddl:
    case Kind::copy:
    case Kind::other:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<Refusal> Transactor::refused(const Statement& statement) {
  const bool defines = statement.kind == Kind::ddl || statement.node == "Do";
  if (shared_.any_definitions && defines) return std::nullopt;
  auto& catalog = judge_.catalog();
  // A definition is judged by the tables as they are now.
  if (statement.defines) catalog.forget();
  Circumstances circumstances;
  circumstances.sync_indexes = sync_indexes_;
  circumstances.primary_key = [&catalog](auto& table) { return catalog.primary_key(table); };
  // PostgreSQL's own choice: a primary key that was given another name is not recognized.
  circumstances.primary_key_name = [](auto& table) {
    return table.substr(table.rfind('.') + 1) + "_pkey";
  };
  circumstances.column_type = [&catalog](auto& table, auto& name) {
    const auto layout = catalog.layout(table);
    for (const auto& column : layout->columns)
      if (column.name == name) return column.type;
    return std::string();
  };
  return refuse(statement, shared_.dialect, circumstances);
}

Answer Transactor::set(const Statement& statement) {
  sync_indexes_ = allows_sync_indexes(statement);
  Answer answer;
  occam::wire::backend::append_command_complete(answer.frames, statement.sets ? "SET" : "RESET");
  answer.status = judge_.status();
  return answer;
}

std::optional<Objection> Transactor::objection(const Statement& statement) {
  shared_.counters.statement(statement.kind);
  // 25P02 wins over everything (facts/dsql.md §1.7): PostgreSQL says it.
  if (failed()) return std::nullopt;
  if (auto refusal = refused(statement)) return Objection{std::move(*refusal)};
  if (statement.resets && statement.parameter.empty()) sync_indexes_ = false;
  if (open() && touches_the_catalog(statement) && !shared_.any_definitions)
    if (auto refusal = rules_.objection(statement, now())) return Objection{std::move(*refusal)};
  if (touches_the_catalog(statement) && !shared_.any_definitions && judge_.catalog_changed())
    return Objection{catalog_conflict(shared_.dialect)};
  if (const auto fault = shared_.injections.at_statement(statement))
    return Objection{fault.value() == Fault::catalog_conflict ? catalog_conflict(shared_.dialect)
                                                              : server_unavailable(),
                     true};
  return std::nullopt;
}

void Transactor::count(const Refusal& refusal, bool injected, const char* at) {
  if (refusal.code == data_conflict().code)
    shared_.counters.conflict(injected, refusal, at);
  else if (refusal.rule == "unavailable")
    shared_.counters.unavailable();
  else
    shared_.counters.refusal(refusal);
}

Answer Transactor::object(const Objection& objection) {
  count(objection.refusal, objection.injected, "statement");
  judge_.fail();
  Answer answer;
  answer.failed = true;
  answer.code = objection.refusal.code;
  answer.rule = objection.refusal.rule;
  answer.status = judge_.status();
  append_error(answer.frames, objection.refusal);
  return answer;
}

Answer Transactor::take_back(Answer answer, const Refusal& refusal) {
  count(refusal, false, "statement");
  emulator::take_back(answer, refusal);
  judge_.fail();
  answer.status = judge_.status();
  return answer;
}

bool Transactor::light(const Statement& statement, std::size_t given_bytes) {
  if (statement.kind == Kind::ddl) return shared_.any_definitions;
  if (statement.kind == Kind::lock) return statement.functions.empty();
  if (statement.kind != Kind::write) return true;
  const auto& limits = shared_.limits;
  const auto given = static_cast<std::int64_t>(given_bytes);
  if (!statement.functions.empty() || given > std::min(limits.key_bytes, limits.bytes))
    return false;
  if (statement.inserted_rows > 0) return statement.inserted_rows <= limits.rows;
  if (statement.change.table.empty()) return false;
  const auto& equal = statement.change.equal_columns;
  const auto key = judge_.catalog().primary_key(statement.change.table);
  return !key.empty() && std::all_of(key.begin(), key.end(), [&equal](const std::string& column) {
    return std::find(equal.begin(), equal.end(), column) != equal.end();
  });
}

Answer Transactor::end_copy(std::string_view messages) {
  static const Statement copy = [] {
    Statement statement;
    statement.kind = Kind::write;
    return statement;
  }();
  auto answer = judge_.end_copy(messages);
  if (answer.failed || !open()) return answer;
  if (const auto refusal = rules_.ran(copy, answer.tag()))
    return take_back(std::move(answer), *refusal);
  return answer;
}

Answer Transactor::run(const Unit& unit) {
  const auto& statement = *unit.entry.statement;
  if (const auto job = job_asked_for(*unit.entry.parsed, statement)) return run_job(unit, *job);
  if (statement.kind == Kind::ddl && !failed() && !shared_.any_definitions)
    if (const auto refusal =
            refuse_objects(statement.node, judge_.catalog().object_count(statement.node) + 1))
      return object({*refusal});
  auto answer = judge_.run(unit);
  see_deallocate(statement, answer);
  if (answer.failed) {
    if (conflicted(answer))
      count(data_conflict(shared_.dialect), false, "statement");
    else if (!answer.rule.empty())
      shared_.counters.refusal({answer.rule, answer.code, {}, {}, {}});
    return answer;
  }
  if (const auto refusal = rules_.ran(statement, answer.tag()))
    return take_back(std::move(answer), *refusal);
  return answer;
}

// It means the client's statements, and takes the emulator's own with them.
void Transactor::see_deallocate(const Statement& statement, const Answer& answer) {
  if (statement.node != "Deallocate" || statement.form != "ALL" || answer.failed) return;
  judge_.prepare_again();
  deallocated_ = true;
}

// Mistakes in it are told at once; duplicates are found by the job itself (facts/dsql.md §3.3).
Answer Transactor::run_job(const Unit& unit, const Job& job) {
  if (failed()) return judge_.run(unit);
  if (job.type == "INDEX_BUILD") {
    if (const auto refusal =
            refuse_indexes(judge_.catalog().index_count(job.table) + 1, shared_.limits))
      return object({*refusal});
    auto trial = judge_.try_out(job.sql);
    if (trial.failed && trial.code != unique_violation) {
      judge_.fail();
      trial.status = judge_.status();
      return trial;
    }
  }
  asked_ = Asked{job, Jobs::fresh_id()};
  judge_.configure(job_id_setting, asked_->id);
  auto answer = judge_.run(unit);
  if (answer.failed) return answer;
  rules_.ran(*unit.entry.statement, job.tag);
  replace_tag(answer, job.tag);
  return answer;
}

Answer Transactor::autocommit(const Unit& unit, const std::vector<Entry>& entries,
                              std::string_view before_again) {
  std::vector<const Statement*> changing;
  std::vector<Entry> locks;
  for (const auto& entry : entries) {
    const auto kind = entry.statement->kind;
    if (kind == Kind::lock || kind == Kind::write) changing.push_back(entry.statement);
    if (kind == Kind::lock) locks.push_back(entry);
  }
  const auto fault = commit_fault(changing);
  if (fault == Fault::drop_before_commit) drop(fault, Scope::autocommit);
  if (fault == Fault::conflict) {
    shared_.counters.transaction(Scope::autocommit, Outcome::conflict);
    return object({data_conflict(shared_.dialect), true});
  }
  auto answer = judge_.autocommit(unit, locks, before_again);
  for (const auto& entry : entries)
    if (entry.statement->kind == Kind::ddl) ++shared_.docket.definitions;
  for (const auto& entry : entries) see_deallocate(*entry.statement, answer);
  if (fault == Fault::drop_after_commit && !answer.failed) drop(fault, Scope::autocommit);
  if (!changing.empty()) count_commit(answer, Scope::autocommit, "statement");
  return answer;
}

}  // namespace emulator
