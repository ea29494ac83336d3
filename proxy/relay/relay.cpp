// The client's side and the events of the state machine; what follows a conflict stands in
// repetition.cpp.
#include "proxy/relay/relay.hpp"

#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using Backend = wire::backend::Type;
using Frontend = wire::frontend::Type;
using wire::backend::Status;

Relay::Relay(const Settings& settings, Budget& budget, std::uint64_t seed)
    : settings_(settings),
      backoff_(settings.retry, seed),
      journal_(budget, settings.journal_bytes) {}

Relay::Relay(const Settings& settings, Budget& budget, std::uint64_t seed, ClientSession& client)
    : Relay(settings, budget, seed) {
  serve(client);
}

void Relay::serve(ClientSession& client) {
  client_ = &client;
  exchange_.serve(client.settings, client.rewriter->options().rules.advice);
}

void Relay::on_client(const wire::Frame& frame, TimePoint now, Output& out) {
  if (!wire::frontend::known(frame.type)) {
    throw wire::ProtocolViolation("unknown message type from the client");
  }
  const bool ready = phase_ == Phase::idle || phase_ == Phase::failed;
  const auto type = static_cast<Frontend>(frame.type);
  if (ready && queue_.empty()) {
    if (feeds_copy(type)) {
      queue_.push(frame);
      start_group(now, out);
      return;
    }
    gather(frame);
    act(type, now, out);
    return;
  }
  queue_.push(frame);
  if (phase_ == Phase::passing) pass_queue(out);
}

void Relay::on_server(const wire::Frame& frame, TimePoint now, Output& out) {
  const auto type = static_cast<Backend>(frame.type);
  if (frame.begins && !wire::backend::known(frame.type)) {
    throw wire::ProtocolViolation("unknown message type from the server");
  }
  if (frame.begins && (type == Backend::notice_response || type == Backend::parameter_status ||
                       type == Backend::notification_response)) {
    on_asynchronous(frame, out);
    return;
  }
  switch (phase_) {
    case Phase::in_flight:
    case Phase::passing:
      on_answer(frame, now, out);
      return;
    case Phase::replaying:
      switch (exchange_.answer(frame, nullptr)) {
        case Exchange::Seen::more:
          return;
        case Exchange::Seen::finished:
          server_status_ = exchange_.status();
          note_settings(out);
          finish_replayed(now, out);
          return;
        case Exchange::Seen::copying:
        case Exchange::Seen::stranded:
          break;
      }
      throw wire::ProtocolViolation("a replayed group took another course");
    case Phase::stepping:
      on_step_answer(frame, now, out);
      return;
    case Phase::restoring:
      on_restored(frame, now, out);
      return;
    case Phase::rolling_back:
    case Phase::abandoning:
      if (type != Backend::ready_for_query) return;
      server_status_ = wire::backend::decode_ready_for_query(frame.body());
      rolled_back(now, out);
      return;
    case Phase::idle:
    case Phase::failed:
      // A server that is going away says so first; the end of the connection follows and is an
      // event of its own.
    case Phase::backing_off:
    case Phase::connecting:
      if (type == Backend::error_response) return;
      break;
  }
  throw wire::ProtocolViolation("the server answered a request that nobody made");
}

void Relay::on_client_gone(TimePoint now, Output& out) {
  client_gone_ = true;
  switch (phase_) {
    case Phase::idle:
    case Phase::failed:
      out.close = true;
      return;
    case Phase::in_flight:  // what was sent is carried out, as it would be without a proxy
    case Phase::stepping:   // but no further step
      return;
    case Phase::passing:  // so is this, if nothing of it is missing
      out.close = queue_.empty() && !passed_end_;
      return;
    case Phase::backing_off:
      if (steps_must_go_on()) return;
      [[fallthrough]];
    case Phase::connecting:
    case Phase::restoring:
    case Phase::rolling_back:
    case Phase::replaying:
    case Phase::abandoning:
      if (chain_.open) decide(Verdict::not_replayable, now, out);
      out.close = true;
      return;
  }
}

bool Relay::may_part() const {
  return server_ != nullptr && !holds_session_state_ && server_status_ == Status::idle &&
         (phase_ == Phase::idle || phase_ == Phase::failed);
}

void Relay::part() { server_ = nullptr; }

Leaving Relay::leaving() const {
  if (holds_session_state_ ||
      (phase_ != Phase::idle && phase_ != Phase::failed && phase_ != Phase::backing_off))
    return Leaving::unclear;
  return server_status_ == Status::idle ? Leaving::clean : Leaving::in_transaction;
}

bool Relay::may_rest() const {
  return quiescent() && server_ == nullptr && !holds_session_state_ && !client_gone_ &&
         !chain_.open;
}

bool Relay::quiescent() const {
  return phase_ == Phase::idle && client_status_ == Status::idle && queue_.empty() &&
         group_.empty();
}

}  // namespace occam::relay
