// The upstream goes away, or comes back: what was lost with it, what may be repeated on a new
// connection, and what is in doubt.
#include "proxy/relay/relay.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using wire::backend::Status;

// A COMMIT, or a write outside a transaction, may or may not have taken effect. It is never sent
// again (facts/prior-art.md §6.4: double commits); SQLSTATE 08007 says so (§6.6).
void Relay::doubt(TimePoint now, Output& out) {
  const bool group_unparsed = group_.unparsed;
  held_.clear();
  chain_.original.clear();
  chain_.original_status = server_ != nullptr ? server_status_ : status_without_answer();
  original({"ERROR",
            "08007",
            "the server was lost after the end of the transaction was sent: its outcome is unknown",
            {},
            "Read back what the transaction wrote before you repeat it."});
  give_up(Verdict::in_doubt, now, out);
  if (server_ == nullptr && group_unparsed) out.close = true;  // it may have opened a transaction
}

// Where a group leaves the client whose answer never came. A transaction it had opened, or not
// ended, is lost: what the client has sent behind it must not run outside one.
Status Relay::status_without_answer() const {
  const bool open = group_.complete() ? group_.leaves_open() : group_.may_open();
  return open ? Status::failed : Status::idle;
}

void Relay::on_server_lost(TimePoint now, Output& out) {
  server_ = nullptr;
  server_status_ = Status::idle;
  client_->settings.transaction_ended(false);
  switch (phase_) {
    case Phase::idle:
      if (holds_session_state_) {
        farewell(out);
      } else if (client_status_ == Status::failed) {
        phase_ = Phase::failed;
      }
      return;
    case Phase::in_flight:
      lost_in_flight(now, out);
      return;
    case Phase::passing:
      out.close = true;
      lost_in_flight(now, out);
      return;
    case Phase::replaying:
    case Phase::restoring:
    case Phase::rolling_back:
      out.facts.emplace_back(Conflict{ConflictKind::lost, false});
      open_chain(now);
      if (holds_session_state_) {
        give_up(Verdict::not_replayable, now, out);
      } else {
        back_off(now, out);
      }
      return;
    case Phase::stepping:
      step_lost(now, out);
      return;
    case Phase::abandoning:
      hand_over_original(now, out);
      return;
    case Phase::backing_off:
      if (holds_session_state_) give_up(Verdict::not_replayable, now, out);
      return;
    case Phase::failed:
      if (holds_session_state_) farewell(out);
      return;
    case Phase::connecting:
      return;
  }
}

void Relay::lost_in_flight(TimePoint now, Output& out) {
  const bool nothing_to_lose = group_.began == Status::failed && !group_.durable;
  if ((nothing_to_lose || group_.rolls_back()) && !streamed_) {
    answer_rolled_back(now, out);
    if (holds_session_state_) {
      farewell(out);
    } else {
      serve_queue(now, out);
    }
    return;
  }
  out.facts.emplace_back(Conflict{ConflictKind::lost, group_.durable});
  open_chain(now);
  if (streamed_) chain_.original.clear();  // the client has seen a part of this answer
  const auto reason = streamed_              ? std::optional(NotReplayable::streamed)
                      : holds_session_state_ ? std::optional(NotReplayable::session_state)
                      : client_gone_         ? std::optional(NotReplayable::client_cancelled)
                                             : obstacle();
  // With an error it is not in doubt, unless that says so itself (facts/dsql.md §1.8).
  const bool unclear = exchange_.conflict() == ConflictKind::unavailable;
  const bool answered = exchange_.failed() && (streamed_ || !unclear);
  if (streamed_ && exchange_.in_message()) {  // nothing can follow half a message
    decide(group_.durable ? Verdict::in_doubt : Verdict::not_replayable, now, out);
    out.close = true;
  } else if (answered && (reason || !exchange_.conflict())) {
    end_answered(group_.durable && unclear ? Verdict::in_doubt : Verdict::not_replayable, now, out);
  } else if (!answered && (group_.durable || exchange_.committed())) {
    doubt(now, out);
  } else if (reason) {
    held_.clear();
    out.facts.emplace_back(Unrepeatable{*reason});
    give_up(Verdict::not_replayable, now, out);
    if (client_gone_) out.close = true;
  } else {
    held_.clear();
    back_off(now, out);
  }
}

// The error that ends the group had come, only its ReadyForQuery had not.
void Relay::end_answered(Verdict verdict, TimePoint now, Output& out) {
  out.facts.emplace_back(Unrepeatable{group_.obstacle.value_or(NotReplayable::streamed)});
  if (exchange_.masked()) out.facts.emplace_back(Masked{});
  tell_done(out);
  note_session_state(out);
  chain_.original_status = exchange_.reached();
  std::swap(chain_.original, held_);
  if (group_.complete()) {
    wire::backend::append_ready_for_query(chain_.original, chain_.original_status);
  }
  chain_.verdict = verdict;
  hand_over_original(now, out);
}

// The transaction went with the connection; a ROLLBACK has what it wanted.
void Relay::answer_rolled_back(TimePoint now, Output& out) {
  if (chain_.open) {
    chain_.original.clear();
    decide(Verdict::not_replayable, now, out);
  }
  cancelled_ = false;
  journal_.clear();
  held_.clear();
  phase_ = Phase::failed;
  client_status_ = Status::failed;
  answer_failed(!group_.complete(), out);
}

// A group is complete, but the upstream was lost while the client was idle.
void Relay::recover_lost(TimePoint now, Output& out) {
  held_.clear();
  streamed_ = false;
  if (holds_session_state_) {
    farewell(out);
    return;
  }
  if (client_status_ == Status::in_transaction && group_.rolls_back()) {
    answer_rolled_back(now, out);
    return;
  }
  if (client_status_ == Status::in_transaction) {
    out.facts.emplace_back(Conflict{ConflictKind::lost, false});
    open_chain(now);
    if (const auto reason = journal_obstacle()) {
      out.facts.emplace_back(Unrepeatable{*reason});
      give_up(Verdict::not_replayable, now, out);
      return;
    }
    out.facts.emplace_back(Attempt{++chain_.attempts, std::chrono::microseconds(0)});
  }
  order_connection(now, out);
}

void Relay::on_server_ready(UpstreamSession& server, TimePoint now, Output& out) {
  server_ = &server;
  server_status_ = Status::idle;
  parameters_differ_ = server.parameters != client_->told;
  if (phase_ != Phase::connecting && phase_ != Phase::restoring) return;
  if (cancelled_) {
    if (!chain_.open) {
      out.facts.emplace_back(Conflict{ConflictKind::lost, false});
      open_chain(now);
    }
    back_off(now, out);
    return;
  }
  begin_again(now, out);
}

// Whoever looks for connections has done so as long as the client may wait.
void Relay::on_server_refused(const wire::backend::Error& error, TimePoint now, Output& out) {
  if (phase_ != Phase::connecting) return;
  if (!chain_.open || chain_.original.empty()) {
    chain_.original.clear();
    chain_.original_status = status_without_answer();
    original({"ERROR", error.code, error.message, error.detail, error.hint});
  }
  chain_.verdict = Verdict::attempts_exhausted;
  hand_over_original(now, out);
}

void Relay::restore_settings(Output& out) {
  std::string sql;
  client_->settings.settled().restore(server_->settings, sql);
  wire::frontend::append_query(out.to_server, sql);
  server_->statements.simple_query();
  restored_ = Restored::now;
  phase_ = Phase::restoring;
}

// The server has taken each of these settings once, of this client or of the one before it.
void Relay::on_restored(const wire::Frame& frame, TimePoint now, Output& out) {
  const auto type = static_cast<wire::backend::Type>(frame.type);
  if (type == wire::backend::Type::error_response) {
    const auto error = wire::backend::decode_error(frame.body());
    if (error.severity == "FATAL") return;  // the connection ends, and that is the event
    restored_ = conflict_of(error) ? Restored::later : Restored::never;
    return;
  }
  if (type != wire::backend::Type::ready_for_query) return;
  server_status_ = wire::backend::decode_ready_for_query(frame.body());
  switch (restored_) {
    case Restored::now:
      server_->settings = client_->settings.settled();
      if (cancelled_) {
        on_server_ready(*server_, now, out);
      } else {
        begin_again(now, out);
      }
      return;
    case Restored::later:
      out.facts.emplace_back(Conflict{ConflictKind::schema, false});
      open_chain(now);
      back_off(now, out);
      return;
    case Restored::never:
      pin(out);  // nobody knows what is set there
      farewell(out);
      return;
  }
}

// The connection held settings that a new one would not have; going on would be a lie.
void Relay::farewell(Output& out) {
  if (!(exchange_.in_message() && streamed_)) {
    wire::backend::append_error(
        out.to_client,
        {"FATAL",
         "08006",
         "the connection to the server was lost together with the session's settings",
         {},
         "Connect again."});
  }
  out.close = true;
}

}  // namespace occam::relay
