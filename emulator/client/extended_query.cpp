#include "emulator/client/extended_query.hpp"

#include <algorithm>

#include "proxy/wire/frame.hpp"
#include "proxy/wire/frontend.hpp"

namespace emulator {
namespace {

namespace wire = occam::wire;
namespace frontend = occam::wire::frontend;

std::string_view body(const std::string& message) {
  return std::string_view(message).substr(wire::header_bytes);
}

}  // namespace

// What a prepared text is: its one statement, or nothing at all.
const Statement& ExtendedQuery::only(const Parsed& parsed) {
  static const Statement empty = [] {
    Statement statement;
    statement.kind = Kind::session;
    return statement;
  }();
  return parsed.statements.empty() ? empty : parsed.statements.front();
}

Entry ExtendedQuery::entry_of(const Portal& portal) {
  const auto& parsed = portal.prepared.parsed;
  return {parsed, &only(*parsed), portal.prepared.sql, portal.prepared.types, portal.bind, {}};
}

// COPY would answer with data of its own before the Sync that follows is read.
std::optional<Objection> ExtendedQuery::objection(const Statement& statement) {
  if (statement.kind == Kind::copy)
    return Objection{{"copy_extended", "0A000", "COPY is not supported in the extended protocol"}};
  return transactor_.objection(statement);
}

ExtendedQuery::Step ExtendedQuery::read_step(char type, std::string_view message) {
  Step step{type, std::string(message), {}, false};
  if (type != 'P') return step;
  const auto parse = frontend::decode_parse(body(step.message));
  const auto parsed = reader_.read(parse.sql);
  const auto job = job_asked_for(*parsed, only(*parsed));
  step.prepared = {parsed, job ? recording_text(*job) : parsed->text, std::string(parse.types)};
  if (step.prepared.sql == parse.sql) return step;
  std::string replaced;
  frontend::append_parse(replaced, {parse.name, step.prepared.sql, parse.types});
  step.message = std::move(replaced);
  return step;
}

void ExtendedQuery::gather(char type, std::string_view message) {
  if (!skipping_) group_.push_back(read_step(type, message));
}

void ExtendedQuery::forget_unnamed() {
  statements_.erase("");
  portals_.erase("");
}

void ExtendedQuery::learn(Step& step) {
  if (step.type == 'P') {
    const std::string name(frontend::decode_parse(body(step.message)).name);
    // A named statement is never replaced, only refused.
    step.added = name.empty() || !statements_.contains(name);
    if (step.added) statements_[name] = step.prepared;
  } else if (step.type == 'B') {
    const auto bind = frontend::decode_bind(body(step.message));
    const auto statement = statements_.find(bind.statement);
    if (statement != statements_.end())
      portals_[std::string(bind.portal)] = {
          std::string(bind.portal), statement->second, std::string(bind.rest), step.message, {}};
  } else if (step.type == 'C') {
    const auto close = frontend::decode_close(body(step.message));
    if (close.what == 'S')
      statements_.erase(std::string(close.name));
    else
      portals_.erase(std::string(close.name));
  }
}

void ExtendedQuery::unlearn(const std::vector<Step>& steps, std::size_t prepared) {
  for (const auto& step : steps)
    if (step.type == 'P' && (prepared == 0 || prepared-- == 0) && step.added)
      statements_.erase(std::string(frontend::decode_parse(body(step.message)).name));
}

void ExtendedQuery::sync(std::string& to_client) {
  if (!skipping_) {
    if (may_run_whole()) {
      run_whole(to_client);
    } else {
      run_steps(to_client);
      if (!skipping_) send_pending(to_client);
    }
  }
  if (const auto error = transactor_.close_implicit(skipping_)) to_client += error->frames;
  if (!transactor_.open()) portals_.clear();
  group_.clear();
  pending_.clear();
  skipping_ = false;
}

void ExtendedQuery::flush(std::string& to_client) {
  if (skipping_) return;
  run_steps(to_client);
  if (!skipping_) send_pending(to_client);
  group_.clear();
}

// Outside a transaction, when no statement begins one, none is refused and all are light.
bool ExtendedQuery::may_run_whole() {
  if (transactor_.open()) return false;
  std::int64_t rows = 0;
  std::int64_t most = 1;
  std::size_t bytes = 0;
  for (const auto& step : group_) {
    rows += step.type == 'E';
    bytes += step.message.size();
    if (step.type == 'P') most = std::max(most, only(*step.prepared.parsed).inserted_rows);
    if (step.type == 'B')
      most = std::max(
          most, statement_of(frontend::decode_bind(body(step.message)).statement).inserted_rows);
  }
  if (!transactor_.within_limits(rows * most, bytes)) return false;
  return std::none_of(group_.begin(), group_.end(), [this](const Step& step) {
    if (step.type == 'B') {
      const auto bind = frontend::decode_bind(body(step.message));
      const auto& statement = statement_of(bind.statement);
      return controls(statement.kind) || transactor_.answers(statement) ||
             !transactor_.light(statement, bind.rest.size());
    }
    if (step.type != 'P') return false;
    const auto& statement = only(*step.prepared.parsed);
    return controls(statement.kind) || statement.async ||
           transactor_.refused(statement).has_value();
  });
}

// As the group that is being looked at will have prepared it.
const Statement& ExtendedQuery::statement_of(std::string_view name) const {
  for (auto step = group_.rbegin(); step != group_.rend(); ++step)
    if (step->type == 'P' && frontend::decode_parse(body(step->message)).name == name)
      return only(*step->prepared.parsed);
  static const Parsed nothing;
  const auto known = statements_.find(name);
  return only(known != statements_.end() ? *known->second.parsed : nothing);
}

void ExtendedQuery::run_whole(std::string& to_client) {
  Unit unit;
  std::vector<Entry> entries;
  for (auto& step : group_) {
    unit.messages += step.message;
    learn(step);
    if (step.type != 'E') continue;
    const auto portal = portals_.find(frontend::decode_execute(body(step.message)).portal);
    if (portal != portals_.end()) entries.push_back(entry_of(portal->second));
  }
  std::optional<Objection> refusal;
  for (const auto& entry : entries)
    if (!refusal) refusal = objection(*entry.statement);
  const auto answer =
      refusal ? transactor_.object(*refusal) : transactor_.autocommit(unit, entries, closing());
  to_client += answer.frames;
  if (answer.failed) unlearn(group_, answer.count('1'));
}

// Goes before a second try of the group: the first one may have prepared its statements.
std::string ExtendedQuery::closing() const {
  std::string messages;
  for (const auto& step : group_)
    if (step.type == 'P')
      frontend::append_close(messages, {'S', frontend::decode_parse(body(step.message)).name});
  return messages;
}

}  // namespace emulator
