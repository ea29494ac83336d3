#include "proxy/upstream/locking_probe.hpp"

#include <string_view>
#include <utility>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::upstream {
namespace {

// Created once: any DDL costs every other session of the cluster a conflict (facts/dsql.md §1.4).
const std::string table = "public.occam_probe";
const std::string definition = table + " (id text PRIMARY KEY, v bigint)";

// A change of the catalog is cleared by the first repetition (facts/dsql.md §1.4); each Occam that
// starts beside this one may make one.
constexpr std::uint32_t most_repetitions = 10;
constexpr std::size_t longest_message = 200;

std::size_t place_of(LockingProbe::Session session) { return static_cast<std::size_t>(session); }

}  // namespace

LockingProbe::LockingProbe(rewriter::Server server, std::string row)
    : server_(server), row_(std::move(row)) {}

// The control shows that nothing but the other session's work makes a commit fail. Both orders in
// which the two locks may be taken must fence.
std::span<const LockingProbe::Step> LockingProbe::steps_of(Round round) {
  using enum Session;
  using enum Task;
  static constexpr std::array<Step, 8> control{{{holder, begin},
                                                {holder, lock},
                                                {holder, write},
                                                {holder, commit},
                                                {challenger, begin},
                                                {challenger, lock},
                                                {challenger, write},
                                                {challenger, commit}}};
  static constexpr std::array<Step, 8> holder_first{{{holder, begin},
                                                     {holder, lock},
                                                     {challenger, begin},
                                                     {challenger, lock},
                                                     {challenger, write},
                                                     {challenger, commit},
                                                     {holder, write},
                                                     {holder, commit}}};
  static constexpr std::array<Step, 8> challenger_first{{{challenger, begin},
                                                         {challenger, lock},
                                                         {challenger, write},
                                                         {holder, begin},
                                                         {holder, lock},
                                                         {holder, write},
                                                         {challenger, commit},
                                                         {holder, commit}}};
  switch (round) {
    case Round::control:
      return control;
    case Round::holder_first:
      return holder_first;
    case Round::challenger_first:
      break;
  }
  return challenger_first;
}

void LockingProbe::start(ToServers& out) { ask({Session::holder, Task::look}, out); }

void LockingProbe::ask(Step step, ToServers& out) {
  asked_ = step;
  reply_ = {};
  wire::frontend::append_query(out[place_of(step.session)], text(step));
}

std::string LockingProbe::text(Step step) const {
  const bool holds = step.session == Session::holder;
  const auto fence = "'" + row_ + ".fence'";
  const auto other = "'" + row_ + ".other'";
  // PostgreSQL would wait for the other session, which is to say the same: they exclude each other.
  const std::string nowait = server_ == rewriter::Server::postgresql ? " NOWAIT" : "";
  switch (step.task) {
    case Task::look:
      return "SELECT v FROM " + table + " WHERE id = " + fence + " FOR KEY SHARE";
    case Task::create:
      return "CREATE TABLE " + definition;
    case Task::insert:
      return "INSERT INTO " + table + " VALUES (" + fence + ", 0), (" + other + ", 0)";
    case Task::begin:
      return "BEGIN";
    case Task::lock:
      return "SELECT v FROM " + table + " WHERE id = " + fence +
             (holds ? " FOR KEY SHARE" : " FOR UPDATE") + nowait;
    case Task::write:
      return "UPDATE " + table + " SET v = v + 1 WHERE id = " + (holds ? other : fence);
    case Task::commit:
      return "COMMIT";
    case Task::roll_back:
      return "ROLLBACK";
    case Task::remove:
      return "DELETE FROM " + table + " WHERE id IN (" + fence + ", " + other + ")";
  }
  return "";
}

LockingProbe::Verdict LockingProbe::on_frame(Session from, const wire::Frame& frame,
                                             ToServers& out) {
  if (over_) return Verdict::over;
  try {
    if (!frame.whole()) {
      on_loss("an answer was longer than any that was asked for");
    } else if (from != asked_.session) {
      stray(frame);
    } else if (take(frame)) {
      on_reply(out);
    }
  } catch (const wire::ProtocolViolation& violation) {
    on_loss(violation.what());
  }
  return over_ ? Verdict::over : Verdict::more;
}

bool LockingProbe::take(const wire::Frame& frame) {
  using Backend = wire::backend::Type;
  switch (static_cast<Backend>(frame.type)) {
    case Backend::data_row:
      ++reply_.rows;
      return false;
    case Backend::command_complete:
      reply_.tag = wire::backend::decode_command_complete(frame.body());
      return false;
    case Backend::error_response: {
      const auto error = wire::backend::decode_error(frame.body());
      reply_.code = error.code.empty() ? "an error without SQLSTATE" : error.code;
      reply_.message = error.message.substr(0, longest_message);
      if (reply_.code == "40001") ++finding_.conflicts;
      if (reply_.code == "XX000") ++finding_.unavailable;
      return false;
    }
    case Backend::ready_for_query:
      status_[place_of(asked_.session)] =
          static_cast<char>(wire::backend::decode_ready_for_query(frame.body()));
      return true;
    case Backend::row_description:
      return false;
    default:
      stray(frame);
      return false;
  }
}

// What a server may say at any time; an error unasked is its last word.
void LockingProbe::stray(const wire::Frame& frame) {
  using Backend = wire::backend::Type;
  switch (static_cast<Backend>(frame.type)) {
    case Backend::notice_response:
    case Backend::parameter_status:
    case Backend::notification_response:
      return;
    case Backend::error_response: {
      const auto error = wire::backend::decode_error(frame.body());
      return on_loss("a session was ended: " +
                     std::string(error.message.substr(0, longest_message)));
    }
    default:
      return on_loss("a message came that was no answer to what was asked");
  }
}

void LockingProbe::on_loss(const std::string& reason) {
  if (over_) return;
  const auto last_word = reply_.code.empty() ? "" : ": " + reply_.code + " " + reply_.message;
  if (!settled_) settle(reason + last_word, true);
  over_ = true;
}

void LockingProbe::on_reply(ToServers& out) {
  switch (asked_.task) {
    case Task::look:
      return on_look(out);
    case Task::create:
      return on_create(out);
    case Task::insert:
      return on_insert(out);
    case Task::roll_back:
      if (status_[place_of(asked_.session)] == 'I') return wind_down(out);
      if (!settled_) settle("ROLLBACK does not end a transaction", true);
      return end(out);
    case Task::remove:
      inserted_ = reply_.code == "40001" && ++repetitions_ <= most_repetitions;
      return wind_down(out);
    default:
      return on_step(out);
  }
}

void LockingProbe::on_look(ToServers& out) {
  if (reply_.code == "0A000") {  // facts/dsql.md §1.6
    finding_.dialect = rewriter::Dialect::dsql_2025;
    settle("FOR KEY SHARE is refused", false);
    return end(out);
  }
  if (reply_.code == "42P01") return repeat({Session::holder, Task::create}, out);
  if (reply_.code == "40001") return repeat(asked_, out);
  if (!reply_.code.empty()) return unfit(out);
  finding_.dialect = rewriter::Dialect::current;
  ask({Session::holder, Task::insert}, out);
}

// 42P07 and 23505: another Occam was faster; 40001: it has just been.
void LockingProbe::on_create(ToServers& out) {
  const auto& code = reply_.code;
  if (code.empty() || code == "42P07" || code == "23505" || code == "40001")
    return repeat({Session::holder, Task::look}, out);
  unfit(out);
}

void LockingProbe::on_insert(ToServers& out) {
  if (reply_.code == "40001") return repeat(asked_, out);
  inserted_ = reply_.code.empty();
  if (reply_.tag != "INSERT 0 2") return unfit(out);
  wind_down(out);
}

void LockingProbe::on_step(ToServers& out) {
  if (fenced()) return round_done(out);
  if (catalog_changed()) {
    place_ = 0;
    if (++repetitions_ > most_repetitions) settle("the catalog would not stop changing", true);
    return wind_down(out);
  }
  if (!fits()) return unfit(out);
  if (++place_ < steps_of(round_).size()) return ask(steps_of(round_)[place_], out);
  if (round_ == Round::control) return round_done(out);
  settle(
      "FOR KEY SHARE does not fence: its holder committed after a FOR UPDATE and UPDATE of the "
      "row had been committed",
      false);
  wind_down(out);
}

bool LockingProbe::fits() const {
  const auto status = status_[place_of(asked_.session)];
  if (!reply_.code.empty()) return false;
  switch (asked_.task) {
    case Task::begin:
      return reply_.tag == "BEGIN" && status == 'T';
    case Task::lock:
      return reply_.rows == 1 && status == 'T';
    case Task::write:
      return reply_.tag == "UPDATE 1" && status == 'T';
    case Task::commit:
      return reply_.tag == "COMMIT" && status == 'I';
    default:
      return false;
  }
}

// The second of the two was kept from going on: at its lock, as PostgreSQL does it, or the holder
// at its COMMIT, once the challenger had committed. OC001 is no proof: it says that the catalog
// has changed, as another Occam's scratch table does.
bool LockingProbe::fenced() const {
  if (round_ == Round::control) return false;
  if (server_ == rewriter::Server::postgresql && asked_.task == Task::lock &&
      reply_.code == "55P03")
    return asked_.session ==
           (round_ == Round::holder_first ? Session::challenger : Session::holder);
  return place_ + 1 == steps_of(round_).size() && reply_.code == "40001" &&
         reply_.message.find("OC000") != std::string::npos;
}

bool LockingProbe::catalog_changed() const {
  return reply_.code == "40001" && reply_.message.find("OC001") != std::string::npos;
}

void LockingProbe::round_done(ToServers& out) {
  place_ = 0;
  if (round_ == Round::challenger_first) {
    finding_.key_share_proven = true;
    settle("FOR KEY SHARE fences against FOR UPDATE followed by an UPDATE of the row", false);
  } else {
    round_ = static_cast<Round>(static_cast<int>(round_) + 1);
  }
  wind_down(out);
}

// Both sessions come back to idle; then the next round begins, or the rows are removed.
void LockingProbe::wind_down(ToServers& out) {
  for (const auto session : {Session::holder, Session::challenger})
    if (status_[place_of(session)] != 'I') return ask({session, Task::roll_back}, out);
  if (!settled_) return ask(steps_of(round_)[place_], out);
  if (inserted_) return ask({Session::holder, Task::remove}, out);
  end(out);
}

void LockingProbe::repeat(Step step, ToServers& out) {
  if (++repetitions_ <= most_repetitions) return ask(step, out);
  settle("the scratch table " + table + " would not settle: " + reply_.code + " " + reply_.message,
         true);
  wind_down(out);
}

void LockingProbe::unfit(ToServers& out) {
  const auto answer = !reply_.code.empty()        ? reply_.code + " " + reply_.message
                      : asked_.task == Task::lock ? std::to_string(reply_.rows) + " rows"
                                                  : reply_.tag;
  // 42501: no right; 3F000: no such schema.
  const bool denied = reply_.code == "42501" || reply_.code == "3F000";
  if (denied)
    settle("the scratch table cannot be used (" + answer + "): CREATE TABLE " + definition +
               "; GRANT SELECT, INSERT, UPDATE, DELETE ON " + table +
               " to upstream.user; then start Occam again",
           false);
  else
    settle("the answer to " + text(asked_) +
               (round_ == Round::control ? ", nobody else at work," : "") + " was " + answer,
           true);
  wind_down(out);
}

void LockingProbe::settle(std::string reason, bool again) {
  finding_.reason = std::move(reason);
  finding_.again = again;
  settled_ = true;
}

void LockingProbe::end(ToServers& out) {
  for (auto& bytes : out) wire::frontend::append_terminate(bytes);
  over_ = true;
}

}  // namespace occam::upstream
