// A group that is not sent as it is: a definition carried out in steps, or a DELETE above the row
// limit cut into slices. Each step is a transaction of its own; a conflict repeats the step, not
// the whole.
#include <chrono>
#include <utility>

#include "proxy/relay/relay.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using Backend = wire::backend::Type;
using Frontend = wire::frontend::Type;
using rewriter::Order;
using rewriter::Outcome;
using wire::backend::Status;

namespace {

Outcome outcome_of(const wire::backend::Error& error) {
  Outcome outcome;
  outcome.code = error.code;
  outcome.message = error.message;
  outcome.detail = error.detail;
  outcome.hint = error.hint;
  outcome.constraint = error.constraint;
  return outcome;
}

wire::backend::Error error_of(const Outcome& outcome) {
  return {"ERROR", outcome.code, outcome.message, outcome.detail, outcome.hint, outcome.constraint};
}

}  // namespace

// A group that only prepares is answered here.
void Relay::begin_stepping(TimePoint now, Output& out) {
  if (const auto* planned = group_.planned()) {
    start_steps(*planned->plan, now, out);
    return;
  }
  stepping_.emplace();
  answer_steps({}, out.to_client);
  client_status_ = Status::idle;
  end_transaction();
  phase_ = Phase::idle;
  serve_queue(now, out);
}

void Relay::start_steps(const rewriter::StepPlan& plan, TimePoint now, Output& out) {
  if (!stepping_) stepping_.emplace();
  stepping_->steps = plan.start();
  take_order(stepping_->steps->begin(), now, out);
}

// False: the error is the client's.
bool Relay::start_slices(TimePoint now, Output& out) {
  const auto limit = exchange_.limit();
  if (!limit || *limit == Limit::value || streamed_ || cancelled_ || client_gone_) return false;
  const auto executed = group_.executed_last();
  if (!executed || !executed->slices) return false;
  out.facts.emplace_back(LimitMet{*limit, rewriter::StatementKind::write});
  exchange_.forget_statements_done();
  held_.resize(exchange_.error_at());
  stepping_.emplace();
  stepping_->in_slices = true;
  start_steps(*executed->slices, now, out);
  return true;
}

// The order may be one that was sent before: on a conflict, or on a connection that was lost.
void Relay::send_order(Output& out) {
  phase_ = Phase::stepping;
  auto& order = stepping_->order;
  stepping_->outcome = {};
  stepping_->outcome.repeated = stepping_->repeated;
  stepping_->row.clear();
  if (order.kind == Order::Kind::run_bound && group_.extended()) {
    send_bound(order.text, out.to_server);
  } else {
    wire::frontend::append_query(out.to_server, order.text);
  }
  server_->statements.simple_query();
}

// The client's parameters with another text.
void Relay::send_bound(std::string_view text, std::string& to_server) const {
  const auto& execute = group_.requests[group_.requests.size() - 2];
  const auto portal = wire::frontend::decode_execute(group_.body(execute)).portal;
  wire::frontend::Bind bound;
  for (const auto& request : group_.requests) {
    if (request.type != Frontend::bind) continue;
    const auto bind = wire::frontend::decode_bind(group_.body(request));
    if (bind.portal == portal) bound = bind;
  }
  wire::frontend::append_parse(to_server, {"", text, execute.statement->types()});
  wire::frontend::append_bind(to_server, {"", "", bound.rest});
  wire::frontend::append_execute(to_server, {"", 0});
  wire::frontend::append_sync(to_server);
}

void Relay::on_step_answer(const wire::Frame& frame, TimePoint now, Output& out) {
  if (!frame.whole()) {
    stepping_->row.append(frame.bytes);
    if (!frame.ends) return;
    const std::string whole = std::exchange(stepping_->row, {});
    on_step_answer(wire::Frame{frame.type, whole}, now, out);
    return;
  }
  auto& outcome = stepping_->outcome;
  switch (static_cast<Backend>(frame.type)) {
    case Backend::data_row: {
      auto& row = outcome.rows.emplace_back();
      for (const auto& value : wire::backend::decode_data_row(frame.body()))
        row.push_back(value ? std::optional(std::string(*value)) : std::nullopt);
      return;
    }
    case Backend::command_complete:
      outcome.tag = wire::backend::decode_command_complete(frame.body());
      return;
    case Backend::error_response: {
      const auto error = wire::backend::decode_error(frame.body());
      if (error.severity == "FATAL" || error.severity == "PANIC") return;  // the end follows
      if (outcome.failed()) return;
      outcome = outcome_of(error);
      outcome.repeated = stepping_->repeated;
      return;
    }
    case Backend::ready_for_query:
      server_status_ = wire::backend::decode_ready_for_query(frame.body());
      finish_step(now, out);
      return;
    default:
      return;
  }
}

bool Relay::steps_must_go_on() const {
  return stepping_ && stepping_->steps && !stepping_->steps->may_stop();
}

void Relay::finish_step(TimePoint now, Output& out) {
  auto& outcome = stepping_->outcome;
  const bool go_on = steps_must_go_on();
  if (client_gone_ && !go_on) {
    if (chain_.open) decide(Verdict::not_replayable, now, out);
    out.close = true;
    return;
  }
  if (const auto kind = conflict_of(error_of(outcome))) {
    out.facts.emplace_back(Conflict{*kind, true});
    open_chain(now);
    chain_.original.clear();
    chain_.original_status = Status::idle;
    Outcome told = outcome;
    if (told.hint.empty() && !stepping_->in_slices) {
      told.hint = "What was done stays done. Send the statement again: it goes on where it stood.";
    }
    answer_steps(told, chain_.original);
    const auto spent = std::chrono::duration_cast<std::chrono::microseconds>(now - chain_.began);
    if (go_on && !backoff_.next(chain_.attempts, spent)) {
      decide(Verdict::attempts_exhausted, now, out);
      chain_.original.clear();
      take_order(stepping_->steps->next(outcome), now, out);
    } else {
      back_off(now, out);
    }
    return;
  }
  if (chain_.open) decide(Verdict::restarted, now, out);
  if (cancelled_ && !go_on && !outcome.failed()) {
    take_order(Order::fail(Outcome::error("57014", "canceling statement due to user request",
                                          "What was done stays done.")),
               now, out);
    return;
  }
  take_order(stepping_->steps->next(outcome), now, out);
}

void Relay::take_order(Order order, TimePoint now, Output& out) {
  switch (order.kind) {
    case Order::Kind::run:
    case Order::Kind::run_bound:
      stepping_->order = std::move(order);
      stepping_->repeated = false;
      send_order(out);
      return;
    case Order::Kind::complete: {
      Outcome outcome;
      outcome.tag = std::move(order.text);
      end_steps(outcome, now, out);
      return;
    }
    case Order::Kind::fail:
      end_steps(order.error, now, out);
      return;
  }
}

// Definitions can be carried out again; of a slice nobody knows how many rows it took.
void Relay::step_lost(TimePoint now, Output& out) {
  out.facts.emplace_back(Conflict{ConflictKind::lost, true});
  open_chain(now);
  stepping_->repeated = true;
  chain_.original.clear();
  chain_.original_status = Status::idle;
  const bool sliced = stepping_->in_slices;
  answer_steps(
      sliced ? Outcome::error("08007", "the server was lost while rows were deleted in slices",
                              "Some are deleted. Send the statement again to delete the rest.")
             : Outcome::error(
                   "08006", "the connection to the server was lost",
                   "What was done stays done. Send the statement again: it goes on where it "
                   "stood."),
      chain_.original);
  if (client_gone_) {
    decide(Verdict::not_replayable, now, out);
    out.close = true;
  } else if (sliced || holds_session_state_) {
    give_up(sliced ? Verdict::in_doubt : Verdict::not_replayable, now, out);
  } else {
    back_off(now, out);
  }
}

// All that the client is to see of the group.
void Relay::answer_steps(const Outcome& outcome, std::string& to_client) {
  if (stepping_->in_slices) {
    to_client.append(held_);
    if (outcome.failed()) {
      wire::backend::append_error(to_client, error_of(outcome));
    } else {
      wire::backend::append_command_complete(to_client, outcome.tag);
    }
    wire::backend::append_ready_for_query(to_client, Status::idle);
    return;
  }
  bool skipping = false;
  for (const auto& request : group_.requests) {
    const bool ends = request.type == Frontend::query || request.type == Frontend::sync;
    if (!skipping && request.type != Frontend::sync) {
      skipping = !answer_stepped_request(request, outcome, to_client);
    }
    if (ends) wire::backend::append_ready_for_query(to_client, Status::idle);
  }
}

// False: with an error.
bool Relay::answer_stepped_request(const Request& request, const Outcome& outcome,
                                   std::string& to_client) {
  switch (request.type) {
    case Frontend::parse:
      if (request.existing) {
        const auto text = "prepared statement \"" + request.statement->name + "\" already exists";
        wire::backend::append_error(to_client, {"ERROR", "42P05", text, {}, {}});
        return false;
      }
      client_->statements.define(request.statement);
      wire::backend::append_empty(to_client, Backend::parse_complete);
      return true;
    case Frontend::bind:
      wire::backend::append_empty(to_client, Backend::bind_complete);
      return true;
    case Frontend::describe:
      if (request.of_statement) wire::backend::append_no_parameters(to_client);
      wire::backend::append_empty(to_client, Backend::no_data);
      return true;
    case Frontend::close:
      if (request.of_statement) client_->statements.close(group_.name_of(request));
      wire::backend::append_empty(to_client, Backend::close_complete);
      return true;
    case Frontend::query:
      client_->statements.close("");
      [[fallthrough]];
    case Frontend::execute:
      if (outcome.failed()) {
        wire::backend::append_error(to_client, error_of(outcome));
      } else {
        wire::backend::append_command_complete(to_client, outcome.tag);
      }
      return !outcome.failed();
    case Frontend::sync:
    case Frontend::flush:
    case Frontend::function_call:
    case Frontend::copy_data:
    case Frontend::copy_done:
    case Frontend::copy_fail:
    case Frontend::password:
    case Frontend::terminate:
      return true;
  }
  return true;
}

void Relay::end_steps(const Outcome& outcome, TimePoint now, Output& out) {
  answer_steps(outcome, out.to_client);
  const auto kind = stepping_->in_slices ? rewriter::StatementKind::write
                                         : group_.planned()->statements.front().kind;
  out.facts.emplace_back(StatementDone{kind, outcome.failed()});
  if (parameters_differ_) tell_parameters(out.to_client);
  client_status_ = Status::idle;
  end_transaction();
  phase_ = Phase::idle;
  serve_queue(now, out);
}

}  // namespace occam::relay
