// What follows a conflict or a lost upstream: wait, roll back, replay the journal and compare, run
// the group again; or give the client the truth.
#include <algorithm>

#include "proxy/relay/relay.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using wire::backend::Status;

namespace {

std::chrono::microseconds since(TimePoint began, TimePoint now) {
  return std::chrono::duration_cast<std::chrono::microseconds>(now - began);
}

}  // namespace

void Relay::open_chain(TimePoint now) {
  if (!chain_.open) {
    chain_.open = true;
    chain_.conflicts = 0;
    chain_.attempts = 1;
    chain_.began = now;
    chain_.original.clear();
  }
  ++chain_.conflicts;
}

// The group's answer, conflict and all, has reached the client already.
void Relay::conflict_delivered(ConflictKind kind, TimePoint now, Output& out) {
  out.facts.emplace_back(Conflict{kind, server_status_ == Status::idle});
  open_chain(now);
  out.facts.emplace_back(Unrepeatable{group_.obstacle.value_or(NotReplayable::streamed)});
  const bool doubtful = kind == ConflictKind::unavailable && group_.durable;
  decide(doubtful ? Verdict::in_doubt : Verdict::not_replayable, now, out);
  deliver(now, out);
}

// The run in flight ended with a conflict; in_flight or replaying.
void Relay::on_conflict(ConflictKind kind, TimePoint now, Output& out) {
  const bool at_commit = server_status_ == Status::idle;
  out.facts.emplace_back(Conflict{kind, at_commit});
  const bool first = !chain_.open;
  open_chain(now);
  if (phase_ == Phase::replaying) {
    back_off(now, out);
    return;
  }
  const auto reason = obstacle();
  if (first || reason) {
    chain_.original_status = server_status_;
    std::swap(chain_.original, held_);
    if (kind == ConflictKind::version) {  // the server knows of no error
      chain_.original.clear();
      chain_.original_status = status_without_answer();
      original(version_changed);
    }
  }
  if (client_gone_) {
    decide(Verdict::not_replayable, now, out);
    out.close = true;
  } else if (reason) {
    out.facts.emplace_back(Unrepeatable{*reason});
    tell_done(out);
    note_session_state(out);
    give_up(Verdict::not_replayable, now, out);
  } else {
    back_off(now, out);
  }
}

// Why the group in flight, with the transaction it stands in, must not be run again.
std::optional<NotReplayable> Relay::obstacle() const {
  if (cancelled_) return NotReplayable::client_cancelled;
  // A COPY that was refused before any data were passed is as good as any other statement.
  const bool copy_not_begun = group_.obstacle == NotReplayable::copy && !streamed_;
  if (group_.obstacle && !copy_not_begun && settings_.retry.attempts > 1) return group_.obstacle;
  if (exchange_.committed()) return NotReplayable::committed_inside;
  return journal_obstacle();
}

// Why what came before it must not.
std::optional<NotReplayable> Relay::journal_obstacle() const {
  return settings_.retry.attempts <= 1 ? NotReplayable::off : journal_.obstacle();
}

void Relay::back_off(TimePoint now, Output& out) {
  if (cancelled_ && !steps_must_go_on()) {
    out.facts.emplace_back(Unrepeatable{NotReplayable::client_cancelled});
    give_up(Verdict::not_replayable, now, out);
    return;
  }
  const auto pause = backoff_.next(chain_.attempts, since(chain_.began, now));
  if (!pause) {
    give_up(Verdict::attempts_exhausted, now, out);
    return;
  }
  ++chain_.attempts;
  out.facts.emplace_back(Attempt{chain_.attempts, *pause});
  out.wait = *pause;
  phase_ = Phase::backing_off;
}

void Relay::on_timer(TimePoint now, Output& out) {
  if (phase_ == Phase::backing_off) restart(now, out);
}

void Relay::restart(TimePoint now, Output& out) {
  if (server_ == nullptr) {
    order_connection(now, out);
  } else if (server_status_ != Status::idle) {
    wire::frontend::append_query(out.to_server, "ROLLBACK");
    server_->statements.simple_query();
    phase_ = Phase::rolling_back;
  } else {
    begin_again(now, out);
  }
}

// From the transaction's first group on, with the settings that the client had then.
void Relay::begin_again(TimePoint now, Output& out) {
  if (server_->settings != client_->settings.settled()) {
    restore_settings(out);
    return;
  }
  replayed_ = 0;
  replay_next(now, out);
}

// In the midst of a repetition the client is not kept waiting longer than the policy says.
void Relay::order_connection(TimePoint now, Output& out) {
  out.lease = true;
  if (chain_.open) {
    const auto left = settings_.retry.elapsed - since(chain_.began, now);
    out.lease_within = std::max(left, std::chrono::microseconds(1));
  }
  phase_ = Phase::connecting;
}

// The answer to our own ROLLBACK came; rolling_back or abandoning.
void Relay::rolled_back(TimePoint now, Output& out) {
  client_->settings.transaction_ended(false);
  if (phase_ == Phase::abandoning) {
    hand_over_original(now, out);
  } else if (cancelled_) {
    back_off(now, out);
  } else {
    begin_again(now, out);
  }
}

void Relay::replay_next(TimePoint now, Output& out) {
  if (replayed_ < journal_.size()) {
    exchange_.begin(journal_[replayed_], client_->statements, server_->statements, true,
                    out.to_server);
    phase_ = Phase::replaying;
  } else {
    send_group(now, out);
  }
}

void Relay::finish_replayed(TimePoint now, Output& out) {
  if (const auto conflict = exchange_.conflict()) {
    on_conflict(*conflict, now, out);
  } else if (exchange_.digest() != journal_[replayed_].digest) {
    give_up(Verdict::results_changed, now, out);
  } else if (cancelled_) {
    back_off(now, out);
  } else if (since(chain_.began, now) > settings_.retry.elapsed) {  // a slow server's
    give_up(Verdict::attempts_exhausted, now, out);
  } else {
    ++replayed_;
    replay_next(now, out);
  }
}

// What the client gets instead of an answer that never came. A group that ended with a Flush has
// its ReadyForQuery still to come, at the Sync.
void Relay::original(const wire::backend::Error& error) {
  wire::backend::append_error(chain_.original, error);
  if (group_.complete()) {
    wire::backend::append_ready_for_query(chain_.original, chain_.original_status);
  }
}

// The client gets the original error. The upstream must first stand where that error leaves the
// client.
void Relay::give_up(Verdict verdict, TimePoint now, Output& out) {
  chain_.verdict = verdict;
  if (chain_.original.empty()) {
    chain_.original_status = status_without_answer();
    const bool changed = verdict == Verdict::results_changed;
    original(
        {"ERROR",
         changed ? "40001" : "08006",
         changed
             ? "could not repeat the transaction on a new connection: its results changed"
             : "the connection to the server was lost and the transaction could not be repeated",
         {},
         "Run the transaction again."});
  }
  const bool clean = server_status_ == Status::idle ||
                     (server_status_ == Status::failed && chain_.original_status == Status::failed);
  if (clean || server_ == nullptr) {
    hand_over_original(now, out);
  } else {
    wire::frontend::append_query(out.to_server, "ROLLBACK");
    server_->statements.simple_query();
    phase_ = Phase::abandoning;
  }
}

void Relay::hand_over_original(TimePoint now, Output& out) {
  out.to_client.append(chain_.original);
  client_status_ = chain_.original_status;
  for (const auto& done : exchange_.statements_done()) {
    if (done.failed) out.facts.emplace_back(done);
  }
  exchange_.forget_statements_done();
  if (chain_.open) decide(*chain_.verdict, now, out);
  const bool unfinished =
      !group_.complete();  // it ended with a Flush: what follows is skipped up to the Sync
  end_transaction();
  const bool lost_alone =
      client_status_ == Status::failed && (server_ == nullptr || server_status_ == Status::idle);
  phase_ = lost_alone || unfinished ? Phase::failed : Phase::idle;
  skipping_ = unfinished;
  if (server_ == nullptr && holds_session_state_) out.close = true;
  if (!out.close) serve_queue(now, out);
}

void Relay::decide(Verdict verdict, TimePoint now, Output& out) {
  out.facts.emplace_back(
      Decided{verdict, chain_.conflicts, chain_.attempts, since(chain_.began, now)});
  chain_.open = false;
  chain_.verdict.reset();
}

void Relay::end_transaction() {
  journal_.clear();
  portals_.clear();
  group_.begin(client_status_);
  held_.clear();
  streamed_ = false;
  stepping_.reset();
  cancelled_ = copying_ = passed_end_ = answers_awaited_ = false;
  copies_ended_ = 0;
}

void Relay::on_cancel(TimePoint now, Output& out) {
  switch (phase_) {
    case Phase::idle:
    case Phase::failed:
    case Phase::abandoning:
      return;
    case Phase::in_flight:
    case Phase::passing:
    case Phase::replaying:
    case Phase::rolling_back:
    case Phase::stepping:
      cancelled_ = true;
      out.cancel_upstream = true;
      return;
    case Phase::backing_off:
      cancelled_ = true;
      if (!steps_must_go_on()) back_off(now, out);
      return;
    case Phase::restoring:
      cancelled_ = true;
      return;
    case Phase::connecting:
      if (steps_must_go_on()) return;
      on_server_refused({"ERROR", "57014", "canceling statement due to user request", {}, {}}, now,
                        out);
      return;
  }
}

}  // namespace occam::relay
