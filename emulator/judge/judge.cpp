#include "emulator/judge/judge.hpp"

#include <algorithm>
#include <chrono>

#include "proxy/wire/frontend.hpp"

#include "emulator/judge/conflicts.hpp"
#include "emulator/postgres/names.hpp"

namespace emulator {
namespace {

using std::chrono_literals::operator""s;

constexpr auto longest_wait = 5s;
// From then on a probe keeps commits away, so that it makes progress whatever the load.
constexpr int tries_before_alone = 3;
// A larger table is not copied for a doomed transaction: it learns of the conflict at once.
constexpr long largest_shadow = 64L * 1024 * 1024;

// Locks that are kept meanwhile would be kept from everybody.
bool waits(const Statement& statement) {
  return std::any_of(statement.functions.begin(), statement.functions.end(),
                     [](const std::string& function) { return function.starts_with("pg_sleep"); });
}

Origin origin(const std::string& table, const std::string& column) {
  return {static_cast<std::int32_t>(std::stol(table)),
          static_cast<std::int16_t>(std::stoi(column))};
}

}  // namespace

Judge::Judge(Backend& backend, Docket& docket, const Limits& limits)
    : backend_(backend), docket_(docket), limits_(limits), catalog_(backend) {
  docket_.join(*this);
}

Judge::~Judge() {
  docket_.leave(*this);  // from here on nobody else knows it
  if (in_turn_) turn_.unlock();
  close_transaction();
}

void Judge::take_turn() {
  turn_.lock();
  in_turn_ = true;
}

// Asked for between the look at the flag and the unlocking, nobody would see to it before the next
// turn: so there is a second look.
void Judge::end_turn() {
  if (asked_to_yield_) yield();
  in_turn_ = false;
  turn_.unlock();
  if (asked_to_yield_ && turn_.try_lock()) {
    in_turn_ = true;  // should it throw
    yield();
    in_turn_ = false;
    turn_.unlock();
  }
}

void Judge::ask_to_yield() {
  asked_to_yield_ = true;
  if (!turn_.try_lock()) return;  // end_turn() sees to it
  try {
    yield();
  } catch (const Lost&) {
    // Its own thread will find that out too.
  }
  turn_.unlock();
}

void Judge::yield() {
  asked_to_yield_ = false;
  if (mode_ != Mode::keeping || status_ != 'T') return;
  mode_ = Mode::replaying;
  shared_names_.clear();
  Script script;
  script.call(Call::to_base);
  single(script);
}

std::vector<Answer> Judge::exchange(const Script& script) {
  auto answers = backend_.exchange(script);
  kept_.learn(answers);
  status_ = answers.back().status;
  return answers;
}

Answer Judge::single(const Script& script) { return std::move(exchange(script).front()); }

// Whether a statement touches nothing but the tables it names.
bool Judge::plain(const Statement& statement) {
  return harmless(statement) &&
         std::all_of(statement.tables.begin(), statement.tables.end(),
                     [this](auto& table) { return catalog_.plain_table(table); });
}

// A function of the client's own may write, whatever the statement around it looks like.
bool Judge::harmless(const Statement& statement) {
  return std::all_of(statement.functions.begin(), statement.functions.end(),
                     [this](auto& function) { return catalog_.own_function(function); });
}

std::vector<const Entry*> Judge::before(const Statement& statement) {
  if (asked_version_ != docket_.definitions) {
    asked_version_ = docket_.definitions;
    catalog_.forget();
  }
  return log_.before(statement, [this](const Statement& other) { return plain(other); });
}

void Judge::append(Script& script, const Unit& unit) {
  if (unit.query)
    script.query(unit.messages);
  else
    script.synced(unit.messages);
}

void Judge::append_probed(Script& script, const Unit& unit) const {
  if (!shadowed_.empty() && !unit.shadow_messages.empty()) {
    std::string prepare;
    occam::wire::frontend::append_close(prepare, {'S', shadow_statement});
    occam::wire::frontend::append_parse(prepare,
                                        {shadow_statement, unit.entry.sql, unit.entry.types});
    script.synced(prepare + unit.shadow_bind);
    script.synced(unit.shadow_messages);
    return;
  }
  if (!unit.earlier_bind.empty()) script.synced(unit.earlier_bind);
  append(script, unit);
}

void Judge::fail() {
  if (status_ != 'T') return;
  Script script;
  script.call(Call::fail);
  single(script);
}

Answer Judge::pass(const Unit& unit) {
  // What is only prepared or described takes table locks too, which somebody may want.
  if (mode_ == Mode::fresh && status_ == 'T') mode_ = Mode::keeping;
  Script script;
  append(script, unit);
  auto answer = single(script);
  if (!origins_.empty()) replace_origins(answer.frames, origins_);
  return settle(docket_.dialect, std::move(answer));
}

Answer Judge::end_copy(std::string_view messages) {
  auto answer = backend_.exchange(messages);
  status_ = answer.status;
  return settle(docket_.dialect, std::move(answer));
}

Answer Judge::run(const Unit& unit) {
  const auto& statement = *unit.entry.statement;
  if (status_ == 'E' || mode_ == Mode::plain) return pass(unit);
  if (statement.kind == Kind::session) return configure(unit);
  if (!since_) since_ = docket_.key_shares.enter();
  switch (statement.kind) {
    case Kind::read:
    case Kind::lock:
    case Kind::write:
      if (mode_ != Mode::replaying && !docket_.held_off() && !waits(statement)) return keep(unit);
      [[fallthrough]];
    case Kind::ddl:  // its locks would be in everybody's way
      return probe(unit);
    default:
      return hold(unit);
  }
}

// A setting stands outside of what may be undone, and what is done again must not come behind it.
Answer Judge::configure(const Unit& unit) {
  if (unit.entry.statement->node == "VariableShow") return pass(unit);
  catalog_.forget();  // it may set search_path
  if (!log_.empty()) return hold(unit);
  undo();
  return pass(unit);
}

Answer Judge::hold(const Unit& unit) {
  undo();
  Script script;
  for (const auto& entry : log_.entries()) script.run(entry.sql, entry.types, entry.bind);
  append(script, unit);
  auto answers = exchange(script);
  mode_ = Mode::plain;
  if (first_failed(answers) < answers.end() - 1)
    return refused(data_conflict(docket_.dialect), status_);
  return settle(docket_.dialect, std::move(answers.back()));
}

bool Judge::catalog_changed() {
  const auto version = docket_.catalog_version.load();
  const bool changed = known_version_ && *known_version_ != version;
  known_version_ = version;
  return changed;
}

Answer Judge::try_out(std::string_view sql) {
  undo();
  for (Patience patience(longest_wait);;) {
    Script script;
    script.call(Call::savepoint);
    script.run(sql);
    script.call(Call::rollback_to);
    auto answers = exchange(script);
    if (met_a_probe(answers[1]) && patience.again()) continue;
    return bare(std::move(answers[1]));
  }
}

void Judge::prepare_again() {
  kept_ = Kept();
  Script script;
  script.prepare_calls();
  exchange(script);
}

void Judge::configure(std::string_view parameter, std::string_view value) {
  undo();
  Script script;
  script.run("SELECT set_config(" + literal(parameter) + ", " + literal(value) + ", true)");
  exchange(script);
}

void Judge::undo() {
  yield();
  if (mode_ == Mode::fresh && open()) mode_ = Mode::replaying;
}

Answer Judge::keep(const Unit& unit) {
  const auto measured = measures(unit);
  Script script;
  mode_ = Mode::keeping;
  append(script, unit);
  // With the lock itself: later the transaction's own writes may have changed which rows it finds.
  const auto lock_trace = trace(unit.entry);
  if (!lock_trace.empty()) kept_.append(script, lock_trace, unit.entry.types, unit.entry.bind);
  for (const auto& measure : measured) script.run(measure.sql);
  auto answers = exchange(script);
  const auto own_at = answers.size() - 1 - measured.size() - (lock_trace.empty() ? 0 : 1);
  auto& own = answers[own_at];
  if (!own.failed && !lock_trace.empty()) {
    if (answers[own_at + 1].failed)
      own = std::move(answers[own_at + 1]);
    else
      add_names(answers[own_at + 1], false, shared_row, shared_names_);
  }
  // The transaction is aborted with whatever failed behind the statement.
  if (const auto failed = first_failed(answers); !own.failed && failed != answers.end())
    own = bare(std::move(*failed));
  if (own.failed) {
    if (!met_a_probe(own) && !met_a_commit(own)) return std::move(own);
    status_ = 'T';  // yield() makes it so
    yield();
    if (met_a_probe(own)) docket_.ask_to_yield(*this);
    return probe(unit, true);
  }
  if (const auto refusal = too_large(measured, answers, 0)) {
    take_back(own, *refusal);
    fail();
    own.status = status_;
    return std::move(own);
  }
  note(unit, own);
  return std::move(own);
}

void Judge::note(const Unit& unit, const Answer& own) {
  const auto& statement = *unit.entry.statement;
  if (statement.kind == Kind::read && harmless(statement)) return;
  log_.add(unit.entry);
  log_.told(own.tag());
}

Answer Judge::probe(const Unit& unit, bool again) {
  undo();
  const auto& statement = *unit.entry.statement;
  const auto measured = measures(unit);
  for (Patience patience(longest_wait);;) {
    std::unique_lock alone(docket_.commits, std::defer_lock);
    if (patience.tries() > tries_before_alone) alone.lock();
    const auto earlier = before(statement);
    Script script;
    if (again && !unit.before_again.empty()) script.synced(unit.before_again);
    const auto first = script.sections();
    again = true;
    script.call(Call::savepoint);
    for (const auto* entry : earlier)
      if (shadowed_.empty())
        kept_.append(script, entry->sql, entry->types, entry->bind);
      else  // a kept statement means the real table
        script.run(entry->sql, entry->types, entry->bind);
    append_probed(script, unit);
    for (const auto& measure : measured) script.run(measure.sql);
    script.call(Call::rollback_to);
    auto answers = exchange(script);
    if (alone.owns_lock()) alone.unlock();

    const auto failed = first_failed(answers);
    auto& own = answers[answers.size() - 2 - measured.size()];
    if (failed == answers.end()) {
      if (const auto refusal = too_large(measured, answers, 1)) {
        take_back(own, *refusal);
        fail();
        own.status = status_;
        return own;
      }
      note(unit, own);
      if (!origins_.empty()) replace_origins(own.frames, origins_);
      return std::move(own);
    }
    if (status_ == 'T' && met_a_probe(*failed)) {
      docket_.ask_to_yield(*this);
      if (patience.again()) continue;
    }
    const auto index = static_cast<std::size_t>(failed - answers.begin()) - first - 1;
    const auto& blamed = index < earlier.size() ? *earlier[index]->statement : statement;
    if (status_ == 'T' && met_a_commit(*failed) && cast_shadows(blamed)) continue;
    auto answer = &*failed == &own ? std::move(own) : bare(std::move(*failed));
    fail();
    answer.status = status_;
    return settle(docket_.dialect, std::move(answer));
  }
}

bool Judge::cast_shadows(const Statement& statement) {
  auto tables = statement.written;
  for (const auto& select : statement.locked)
    for (const auto& item : select.items)
      if (item.strength != LockStrength::none) tables.push_back(item.table);
  bool cast = false;
  for (const auto& table : tables) {
    if (shadowed_.contains(table)) continue;
    const auto copy = catalog_.shadow(table, largest_shadow);
    if (copy.empty()) continue;
    Script script;
    script.call(Call::wait_long);  // the transaction is lost already: it asks for no row any more
    for (const auto& sql : copy) script.run(sql);
    const auto answers = exchange(script);
    if (status_ != 'T') return false;
    shadowed_.insert(table);
    for (const auto& column : rows(answers.back()))
      origins_[origin(column[0], column[1])] = origin(column[2], column[3]);
    cast = true;
  }
  return cast;
}

}  // namespace emulator
