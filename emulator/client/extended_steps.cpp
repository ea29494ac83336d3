// ExtendedQuery inside a transaction: every Execute runs by itself, with the messages before it.
#include <algorithm>

#include "proxy/wire/bytes.hpp"
#include "proxy/wire/frame.hpp"
#include "proxy/wire/frontend.hpp"

#include "emulator/client/extended_query.hpp"

namespace emulator {
namespace {

namespace wire = occam::wire;
namespace frontend = occam::wire::frontend;

std::string_view body(const std::string& message) {
  return std::string_view(message).substr(wire::header_bytes);
}

void append_bind(std::string& out, std::string_view portal, std::string_view statement,
                 std::string_view rest) {
  wire::Message message(out, 'B');
  wire::append_cstring(out, portal);
  wire::append_cstring(out, statement);
  out.append(rest);
}

}  // namespace

bool ExtendedQuery::tell(const Answer& answer, std::string& to_client) {
  to_client += answer.frames;
  skipping_ = skipping_ || answer.failed;
  return !answer.failed;
}

void ExtendedQuery::run_steps(std::string& to_client) {
  for (auto& step : group_) {
    bool going = true;
    if (step.type == 'P') {
      going = run_parse(step, to_client);
    } else if (step.type == 'E') {
      going = run_execute(step, to_client);
    } else {
      learn(step);
      pending_.push_back(std::move(step));
    }
    if (!going) return;
  }
}

bool ExtendedQuery::run_parse(Step& step, std::string& to_client) {
  const auto refusal =
      transactor_.failed() ? std::nullopt : transactor_.refused(only(*step.prepared.parsed));
  if (refusal) {
    if (send_pending(to_client)) tell(transactor_.object({*refusal}), to_client);
    return false;
  }
  learn(step);
  pending_.push_back(std::move(step));
  return true;
}

bool ExtendedQuery::send_pending(std::string& to_client) {
  if (pending_.empty()) return true;
  Unit unit;
  bool binds = false;
  for (const auto& step : pending_) {
    unit.messages += step.message;
    if (step.type != 'B') continue;
    const auto portal = portals_.find(frontend::decode_bind(body(step.message)).portal);
    binds = binds ||
            (portal != portals_.end() && !controls(only(*portal->second.prepared.parsed).kind));
  }
  // A portal lives as long as its transaction, so there must be one.
  if (binds && !transactor_.open()) transactor_.open_implicit();
  const auto answer = transactor_.pass(unit);
  if (answer.failed) unlearn(pending_, answer.count('1'));
  pending_.clear();
  return tell(answer, to_client);
}

bool ExtendedQuery::run_execute(Step& step, std::string& to_client) {
  const auto execute = frontend::decode_execute(body(step.message));
  const auto portal = portals_.find(execute.portal);
  if (portal == portals_.end()) {
    pending_.push_back(std::move(step));
    return send_pending(to_client);
  }
  if (!portal->second.later.empty() && !transactor_.failed()) {
    if (!send_pending(to_client)) return false;
    auto parts = slice(portal->second.later, execute.max_rows);
    to_client += parts.now;
    portal->second.later = std::move(parts.later);
    return true;
  }
  const auto& parsed = *portal->second.prepared.parsed;
  const auto& statement = only(parsed);
  if (const auto refusal = objection(statement)) {
    if (send_pending(to_client)) tell(transactor_.object(*refusal), to_client);
    return false;
  }
  if (controls(statement.kind)) {
    if (!send_pending(to_client)) return false;
    return tell(transactor_.control(statement, parsed.text), to_client);
  }
  if (transactor_.answers(statement) && !transactor_.failed()) {
    if (!send_pending(to_client)) return false;
    return tell(transactor_.set(statement), to_client);
  }
  if (!transactor_.failed()) transactor_.open_implicit();
  return run_limited(portal->second, step, execute.max_rows, to_client);
}

// The portal does not outlive the probe, so all of its rows are fetched at once and kept here.
bool ExtendedQuery::run_limited(Portal& portal, Step& step, std::int32_t max_rows,
                                std::string& to_client) {
  if (max_rows > 0) {
    step.message.clear();
    wire::Message unlimited(step.message, 'E');
    wire::append_cstring(step.message, portal.name);
    wire::append_i32(step.message, 0);
  }
  auto answer = transactor_.run(unit_of(portal, step));
  if (answer.failed) unlearn(pending_, answer.count('1'));
  pending_.clear();
  if (max_rows > 0 && !answer.failed) {
    auto parts = slice(answer.frames, max_rows);
    answer.frames = std::move(parts.now);
    portal.later = std::move(parts.later);
  }
  return tell(answer, to_client);
}

Unit ExtendedQuery::unit_of(const Portal& portal, const Step& execute) const {
  Unit unit;
  unit.entry = entry_of(portal);
  std::string shadowed;
  bool bound_here = false;
  for (const auto& step : pending_) {
    unit.messages += step.message;
    if (step.type == 'P')
      frontend::append_close(unit.before_again,
                             {'S', frontend::decode_parse(body(step.message)).name});
    if (step.type == 'B' && frontend::decode_bind(body(step.message)).portal == portal.name) {
      append_bind(shadowed, portal.name, shadow_statement, portal.bind);
      bound_here = true;
    } else {
      shadowed += step.message;
    }
  }
  unit.messages += execute.message;
  unit.shadow_messages = shadowed + execute.message;
  if (bound_here) return unit;
  frontend::append_close(unit.earlier_bind, {'P', portal.name});
  unit.shadow_bind = unit.earlier_bind;
  unit.earlier_bind += portal.message;
  append_bind(unit.shadow_bind, portal.name, shadow_statement, portal.bind);
  return unit;
}

}  // namespace emulator
