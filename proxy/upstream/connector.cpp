#include "proxy/upstream/connector.hpp"

#include <array>
#include <utility>

#include <boost/asio/connect.hpp>
#include <openssl/crypto.h>

namespace occam::upstream {

namespace asio = net::asio;

const char* name(FailureKind kind) {
  switch (kind) {
    case FailureKind::unreachable:
      return "unreachable";
    case FailureKind::timeout:
      return "timeout";
    case FailureKind::tls:
      return "tls";
    case FailureKind::refused:
      return "refused";
  }
  return "";
}

std::shared_ptr<Connector> Connector::start(net::Executor executor, const Target& target,
                                            wire::LoginRequest request, Done done) {
  auto connector =
      std::make_shared<Connector>(executor, target, std::move(request), std::move(done));
  connector->begin();
  return connector;
}

Connector::Connector(net::Executor executor, const Target& target, wire::LoginRequest request,
                     Done done)
    : target_(target),
      resolver_(executor),
      timer_(executor),
      socket_(executor),
      framer_(target.frames),
      login_(std::move(request)),
      done_(std::move(done)) {}

void Connector::cancel() { report(Failure{}); }

void Connector::begin() {
  timer_.expires_after(target_.timeout);
  timer_.async_wait([self = shared_from_this()](net::Error error) {
    if (!error) self->fail(FailureKind::timeout, "no answer in time");
  });
  net::Error not_numeric;
  const auto address = asio::ip::make_address(target_.host, not_numeric);
  if (not_numeric) return resolve();
  connect(std::array{Tcp::endpoint(address, target_.port)});
}

void Connector::resolve() {
  resolver_.async_resolve(target_.host, std::to_string(target_.port),
                          [self = shared_from_this()](net::Error error, const auto& results) {
                            if (!self->done_) return;
                            if (error) return self->fail(FailureKind::unreachable, error.message());
                            self->connect(results);
                          });
}

template <class Endpoints>
void Connector::connect(const Endpoints& endpoints) {
  asio::async_connect(socket_, endpoints,
                      [self = shared_from_this()](net::Error error, const Tcp::endpoint&) {
                        if (!self->done_) return;
                        if (error) return self->fail(FailureKind::unreachable, error.message());
                        self->encrypt();
                      });
}

void Connector::encrypt() {
  stream_.emplace(std::move(socket_));
  auto tls = target_.tls ? target_.tls() : Tls();
  if (!tls.role) return log_in();
  Encryption::start(*stream_, std::move(tls), [self = shared_from_this()](const auto& failure) {
    if (!self->done_) return;
    if (failure) return self->not_encrypted(*failure);
    self->log_in();
  });
}

void Connector::log_in() {
  login_.start(to_server_);
  send();
}

// Writing and reading take turns, as the log-in does: nothing is read before the last word is out.
void Connector::send() {
  stream_->write(to_server_, [self = shared_from_this()](net::Error error, std::size_t) {
    OPENSSL_cleanse(self->to_server_.data(), self->to_server_.size());
    self->to_server_.clear();
    if (!self->done_) return;
    if (error) return self->fail(FailureKind::unreachable, error.message());
    self->read();
  });
}

void Connector::read() {
  stream_->read_some(framer_.space(), [self = shared_from_this()](net::Error error, std::size_t n) {
    if (!self->done_) return;
    if (error) return self->fail(FailureKind::unreachable, "it closed the connection at log-in");
    self->framer_.filled(n);
    try {
      self->on_bytes();
    } catch (const wire::ProtocolViolation& violation) {
      self->login_.on_violation(violation);
      self->refused();
    }
  });
}

void Connector::on_bytes() {
  while (const auto frame = framer_.next()) {
    if (schema_)
      on_schema_frame(*frame);
    else
      on_login_frame(*frame);
    if (over_) return;
  }
  if (to_server_.empty())
    read();
  else
    send();
}

void Connector::on_login_frame(const wire::Frame& frame) {
  switch (login_.on_frame(frame, to_server_)) {
    case wire::Login::Verdict::more:
      return;
    case wire::Login::Verdict::logged_in:
      if (target_.schema.empty()) return hand_over();
      schema_.emplace(target_.schema);
      schema_->ask(to_server_);
      return;
    case wire::Login::Verdict::refused:
      return refused();
  }
}

void Connector::on_schema_frame(const wire::Frame& frame) {
  switch (schema_->on_frame(frame, to_server_)) {
    case DatabaseSchema::Verdict::more:
      return;
    case DatabaseSchema::Verdict::there:
      return hand_over();
    case DatabaseSchema::Verdict::refused:
      over_ = true;
      return report(
          Failure{FailureKind::refused, schema_->error(), where() + ": " + schema_->reason()});
  }
}

void Connector::refused() {
  over_ = true;
  report(Failure{FailureKind::refused, login_.error(), where() + ": " + login_.reason()});
}

void Connector::hand_over() {
  over_ = true;
  report(Connected{std::move(*stream_), std::move(framer_), login_.parameters(), login_.key(),
                   login_.notices(), schema_ ? schema_->conflicts() : 0});
}

void Connector::not_encrypted(const NotEncrypted& failure) {
  const auto message =
      "cannot encrypt the connection to the upstream " + where() + ": " + failure.reason;
  const auto hint = failure.hint.empty() ? "" : failure.hint + ".";
  Failure result{failure.lost ? FailureKind::unreachable : FailureKind::tls, {}, message};
  wire::backend::append_error(result.error, {"FATAL", "08006", message, "", hint});
  if (!failure.detail.empty()) result.reason += " (" + failure.detail + ")";
  if (!failure.hint.empty()) result.reason += ". " + failure.hint;
  report(std::move(result));
}

void Connector::fail(FailureKind kind, const std::string& what) {
  if (!done_) return;
  const auto message = "cannot reach the upstream " + where() + ": " + what;
  Failure failure{kind, {}, message};
  wire::backend::append_error(
      failure.error,
      {"FATAL", "08006", message, "",
       "Check upstream.host and upstream.port in Occam's configuration, and that the server there "
       "is running and accepts connections from this machine."});
  report(std::move(failure));
}

void Connector::report(Outcome outcome) {
  const auto done = std::exchange(done_, nullptr);
  timer_.cancel();
  resolver_.cancel();
  net::Error ignored;
  socket_.close(ignored);
  if (stream_ && !std::holds_alternative<Connected>(outcome)) stream_->close();
  if (done) done(std::move(outcome));
}

std::string Connector::where() const { return target_.host + ":" + std::to_string(target_.port); }

}  // namespace occam::upstream
