// The server's side of the relay: answers are held and delivered.
#include "proxy/relay/relay.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using Backend = wire::backend::Type;
using Frontend = wire::frontend::Type;
using wire::backend::Status;

void Relay::on_asynchronous(const wire::Frame& frame, Output& out) {
  const bool answering = phase_ == Phase::in_flight || phase_ == Phase::passing;
  switch (static_cast<Backend>(frame.type)) {
    case Backend::parameter_status: {
      const auto status = wire::backend::decode_parameter_status(frame.body());
      if (server_ != nullptr) server_->parameters.set(status.name, status.value);
      parameters_differ_ = true;
      if (phase_ == Phase::idle) tell_parameters(out.to_client);
      return;
    }
    case Backend::notification_response:
      out.to_client.append(frame.bytes);
      return;
    default:  // a notice belongs to the statement that is running; of a repetition the client knows
              // nothing
      if (answering) {
        (streamed_ ? out.to_client : held_).append(frame.bytes);
        bound_held(out);
      } else if (phase_ == Phase::idle) {
        out.to_client.append(frame.bytes);
      }
      return;
  }
}

void Relay::on_answer(const wire::Frame& frame, TimePoint now, Output& out) {
  auto& sink = streamed_ ? out.to_client : held_;
  const auto seen = exchange_.answer(frame, &sink);
  if (exchange_.failed()) copying_ = false;  // with the error the COPY is over
  switch (seen) {
    case Exchange::Seen::more:
      if (phase_ == Phase::passing && exchange_.caught_up() && !exchange_.stranded()) {
        tell_done(out);
        exchange_.forget_answered();
        answers_awaited_ = false;
        pass_queue(out);
      }
      break;
    case Exchange::Seen::finished:
      server_status_ = exchange_.status();
      note_settings(out);
      finish_group(now, out);
      return;
    case Exchange::Seen::copying:
      on_copy_in(out);
      return;
    case Exchange::Seen::stranded:
      passed_end_ = false;  // a Query behind the error is skipped too: only a Sync ends it
      start_passing(out);
      return;
  }
  bound_held(out);
}

// The server waits for data. If their end was passed on already, nothing changes.
void Relay::on_copy_in(Output& out) {
  if (copies_ended_ > 0) {
    --copies_ended_;
  } else {
    copying_ = true;
    passed_end_ = false;  // a Query may hold several COPYs; a Sync sent before is ignored
  }
  start_passing(out);
}

void Relay::start_passing(Output& out) {
  if (!group_.obstacle) group_.obstacle = NotReplayable::copy;
  phase_ = Phase::passing;
  out.to_client.append(held_);
  held_.clear();
  streamed_ = true;
  pass_queue(out);
}

// Past the limit the answer is streamed: it can no longer be taken back.
void Relay::bound_held(Output& out) {
  if (streamed_ || held_.size() <= settings_.held_bytes || exchange_.failed()) return;
  streamed_ = true;
  out.to_client.append(held_);
  held_.clear();
}

void Relay::note_settings(Output& out) {
  if (server_status_ == Status::idle) server_->settings = client_->settings.settled();
  if (!client_->settings.known()) pin(out);
}

void Relay::pin(Output& out) {
  if (!holds_session_state_) out.facts.emplace_back(Pinned{});
  holds_session_state_ = true;
}

void Relay::note_session_state(Output& out) {
  if (exchange_.discarded_all()) holds_session_state_ = false;
  if (group_.may_leave_state(exchange_.failed(), exchange_.syntax_error())) pin(out);
}

void Relay::tell_done(Output& out) {
  for (const auto& done : exchange_.statements_done()) out.facts.emplace_back(done);
  exchange_.forget_statements_done();
}

void Relay::finish_group(TimePoint now, Output& out) {
  copying_ = passed_end_ = answers_awaited_ = false;
  copies_ended_ = 0;
  const auto conflict = exchange_.conflict();
  if (!conflict) {
    if (!start_slices(now, out)) deliver(now, out);
  } else if (streamed_) {
    conflict_delivered(*conflict, now, out);
  } else if (*conflict == ConflictKind::unavailable && group_.durable) {
    out.facts.emplace_back(Conflict{*conflict, true});
    open_chain(now);
    doubt(now, out);
  } else {
    on_conflict(*conflict, now, out);
  }
}

// The group's answer goes to the client, and the group to the journal if its transaction is still
// open.
void Relay::deliver(TimePoint now, Output& out) {
  auto& sink = streamed_ ? out.to_client : held_;
  if (parameters_differ_) {
    constexpr std::size_t ready_bytes = 6;
    std::string told;
    tell_parameters(told);
    sink.insert(sink.size() - ready_bytes, told);
  }
  if (!streamed_) {
    if (out.to_client.empty()) {
      std::swap(out.to_client, held_);
    } else {
      out.to_client.append(held_);
    }
    held_.clear();
  }
  client_status_ = server_status_;
  note_usage(out);
  if (exchange_.masked()) out.facts.emplace_back(Masked{});
  tell_done(out);
  note_session_state(out);
  if (chain_.open) decide(journal_.empty() ? Verdict::restarted : Verdict::replayed, now, out);
  if (client_status_ == Status::in_transaction) {
    if (exchange_.committed()) {  // of what is open now, a part of this group was sent before
      journal_.clear();
      group_.obstacle = NotReplayable::committed_inside;
    }
    group_.digest = exchange_.digest();
    if (const auto reason = journal_.append(group_)) out.facts.emplace_back(Unrepeatable{*reason});
  } else {
    journal_.clear();
    if (client_status_ == Status::idle) portals_.clear();
  }
  group_.begin(client_status_);
  phase_ = Phase::idle;
  cancelled_ = false;
  serve_queue(now, out);
}

// Told while there is still time; the client knows nothing of it.
void Relay::note_usage(Output& out) {
  const auto& done = exchange_.statements_done();
  const auto kind = done.empty() ? rewriter::StatementKind::unknown : done.back().kind;
  const auto near = [&](std::optional<Limit> limit) {
    if (limit) out.facts.emplace_back(LimitNear{*limit, kind});
  };
  if (group_.began == Status::idle) usage_.begin();
  if (exchange_.rows_modified() > 0) {
    near(usage_.modified(exchange_.rows_modified()));
    near(usage_.sent(group_.bytes.size()));
    if (Usage::near_value(group_.largest_value)) near(Limit::value);
  }
  if (const auto met = exchange_.limit()) out.facts.emplace_back(LimitMet{*met, kind});
}

void Relay::tell_parameters(std::string& sink) {
  parameters_differ_ = false;
  if (server_ == nullptr || client_->told == server_->parameters) return;
  const auto& told = client_->told.values();
  for (const auto& [name, value] : server_->parameters.values()) {
    const auto found = told.find(name);
    if (found == told.end() || found->second != value)
      wire::backend::append_parameter_status(sink, {name, value});
  }
  client_->told = server_->parameters;
}

}  // namespace occam::relay
