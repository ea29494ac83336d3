#include "proxy/opening.hpp"

#include <utility>

#include "proxy/upstream_login.hpp"

namespace occam {
observe::ErrorKind error_kind(upstream::FailureKind kind) {
  switch (kind) {
    case upstream::FailureKind::unreachable:
      return observe::ErrorKind::upstream_unreachable;
    case upstream::FailureKind::timeout:
      return observe::ErrorKind::upstream_timeout;
    case upstream::FailureKind::refused:
      return observe::ErrorKind::upstream_refused;
  }
  return observe::ErrorKind::internal;
}

observe::ConnectResult connect_result(upstream::FailureKind kind) {
  switch (kind) {
    case upstream::FailureKind::unreachable:
      return observe::ConnectResult::unreachable;
    case upstream::FailureKind::timeout:
      return observe::ConnectResult::timeout;
    case upstream::FailureKind::refused:
      return observe::ConnectResult::refused;
  }
  return observe::ConnectResult::unreachable;
}

Opening::Opening(Service& service, const Listener& listener, std::shared_ptr<Peer> client,
                 Done done)
    : service_(service),
      listener_(listener),
      client_(std::move(client)),
      done_(std::move(done)),
      timer_(client_->stream().executor()) {}

void Opening::start() {
  timer_.expires_after(service_.config.limits.login_timeout);
  timer_.async_wait([self = shared_from_this()](net::Error error) {
    if (!error)
      self->refuse(observe::ErrorKind::login_timeout, "08006", "the session's start took too long");
  });
  read();
}

void Opening::read() {
  client_->stream().read_some(
      bytes_, [self = shared_from_this()](net::Error error, std::size_t count) {
        if (!self->done_) return;
        if (error) return self->close({std::nullopt, "the client left before it had begun"});
        self->on_bytes(count);
      });
}

void Opening::on_bytes(std::size_t count) {
  const auto verdict = greeting_.on_bytes({bytes_.data(), count}, to_client_);
  client_->send(to_client_);
  on_greeting(verdict);
}

void Opening::on_greeting(wire::Greeting::Verdict verdict) {
  switch (verdict) {
    case wire::Greeting::Verdict::more:
      return read();
    case wire::Greeting::Verdict::started:
      client_->already_read(greeting_.leftovers());
      return connect();
    case wire::Greeting::Verdict::cancel:
      service_.cancel_keys.cancel(greeting_.cancel_key());
      return close({std::nullopt, "cancel request"});
    case wire::Greeting::Verdict::wants_tls:  // not offered, so not met
    case wire::Greeting::Verdict::refused:
      return close({observe::ErrorKind::bad_greeting, greeting_.reason()});
  }
}

void Opening::connect() {
  const auto parameters = startup_parameters(listener_.config, greeting_.startup());
  if (parameters.refusal)
    return refuse(observe::ErrorKind::bad_greeting,
                  {"FATAL", parameters.refusal->code, parameters.refusal->message, "",
                   parameters.refusal->hint});
  for (const auto& name : parameters.ignored) service_.fact_log.ignored_at_startup(name);
  seat_ = Seat::take(service_.seats_taken, service_.config.limits.clients);
  if (!seat_)
    return refuse(observe::ErrorKind::too_many_clients, "53300",
                  "sorry, too many clients already (limits.clients is " +
                      std::to_string(service_.config.limits.clients) + ")");
  connector_ = upstream::Connector::start(client_->stream().executor(),
                                          upstream_target(listener_.config, greeting_.startup()),
                                          login_request(listener_.config, greeting_.startup()),
                                          [self = shared_from_this()](upstream::Outcome outcome) {
                                            self->on_upstream(std::move(outcome));
                                          });
}

void Opening::on_upstream(upstream::Outcome outcome) {
  if (auto* failure = std::get_if<upstream::Failure>(&outcome)) {
    service_.metrics.upstream_connected(connect_result(failure->kind));
    client_->send(failure->error);
    return close({error_kind(failure->kind), failure->reason});
  }
  service_.metrics.upstream_connected(observe::ConnectResult::ok);
  timer_.cancel();
  connector_.reset();
  const auto done = std::exchange(done_, nullptr);
  done(Opened{std::move(*seat_), greeting_.startup(),
              std::get<upstream::Connected>(std::move(outcome))});
}

void Opening::refuse(observe::ErrorKind kind, const char* code, const std::string& message) {
  refuse(kind, {"FATAL", code, message, "", ""});
}

void Opening::refuse(observe::ErrorKind kind, const wire::backend::Error& error) {
  if (!done_) return;
  wire::backend::append_error(to_client_, error);
  client_->send(to_client_);
  close({kind, std::string(error.message)});
}

void Opening::close(NotOpened result) {
  timer_.cancel();
  if (connector_) connector_->cancel();
  connector_.reset();
  client_->part();
  const auto done = std::exchange(done_, nullptr);
  done(std::move(result));
}

}  // namespace occam
