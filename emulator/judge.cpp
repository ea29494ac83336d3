#include "emulator/judge.hpp"

#include <algorithm>
#include <chrono>

#include "proxy/wire/frontend.hpp"

#include "emulator/conflicts.hpp"

namespace emulator {
namespace {

using std::chrono_literals::operator""s;

constexpr auto longest_wait = 30s;
// From then on a probe keeps commits away, so that it makes progress whatever the load.
constexpr int tries_before_alone = 3;
// A larger table is not copied for a doomed transaction: it learns of the conflict at once.
constexpr long largest_shadow = 64L * 1024 * 1024;

}  // namespace

Judge::Judge(Backend& backend, Docket& docket)
    : backend_(backend), docket_(docket), catalog_(backend) {}

Judge::~Judge() { close_transaction(); }

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
  if (definitions_ != docket_.definitions) {
    definitions_ = docket_.definitions;
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
  Script script;
  append(script, unit);
  return settle(single(script));
}

Answer Judge::end_copy(std::string_view messages) {
  auto answer = backend_.exchange(messages);
  status_ = answer.status;
  return settle(std::move(answer));
}

Answer Judge::run(const Unit& unit) {
  const auto& statement = *unit.entry.statement;
  if (statement.kind == Kind::session) catalog_.forget();  // it may set search_path
  if (status_ == 'E' || held_ || statement.kind == Kind::session) return pass(unit);
  if (!since_) since_ = docket_.key_shares.enter();
  switch (statement.kind) {
    case Kind::read:
      if (shadowed_.empty() && harmless(statement) && before(statement).empty()) return pass(unit);
      return probe(unit);
    case Kind::lock:
    case Kind::write:
      return probe(unit);
    default:
      return hold(unit);
  }
}

Answer Judge::hold(const Unit& unit) {
  Script script;
  for (const auto& entry : log_.entries()) script.run(entry.sql, entry.types, entry.bind);
  append(script, unit);
  auto answers = exchange(script);
  if (unit.entry.statement->kind == Kind::ddl) ++docket_.definitions;
  held_ = true;
  if (first_failed(answers) < answers.end() - 1) return refused(data_conflict(), status_);
  return settle(std::move(answers.back()));
}

Answer Judge::probe(const Unit& unit) {
  const auto& statement = *unit.entry.statement;
  for (Patience patience(longest_wait);;) {
    std::unique_lock alone(docket_.commits, std::defer_lock);
    if (patience.tries() > tries_before_alone) alone.lock();
    const auto earlier = before(statement);
    Script script;
    script.call(Call::savepoint);
    for (const auto* entry : earlier)
      if (shadowed_.empty())
        kept_.append(script, entry->sql, entry->types, entry->bind);
      else  // a kept statement means the real table
        script.run(entry->sql, entry->types, entry->bind);
    append_probed(script, unit);
    script.call(Call::rollback_to);
    auto answers = exchange(script);
    if (alone.owns_lock()) alone.unlock();

    const auto failed = first_failed(answers);
    auto& own = answers[answers.size() - 2];
    if (failed == answers.end()) {
      if (statement.kind != Kind::read || !harmless(statement)) {
        log_.add(unit.entry);
        log_.told(own.tag());
      }
      return own;
    }
    if (status_ == 'T' && met_a_probe(*failed) && patience.again()) continue;
    const auto index = static_cast<std::size_t>(failed - answers.begin()) - 1;
    const auto& blamed = index < earlier.size() ? *earlier[index]->statement : statement;
    if (status_ == 'T' && met_a_commit(*failed) && cast_shadows(blamed)) continue;
    auto answer = &*failed == &own ? std::move(own) : bare(std::move(*failed));
    fail();
    answer.status = status_;
    return settle(std::move(answer));
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
    for (const auto& sql : copy) script.run(sql);
    exchange(script);
    if (status_ != 'T') return false;
    shadowed_.insert(table);
    cast = true;
  }
  return cast;
}

}  // namespace emulator
