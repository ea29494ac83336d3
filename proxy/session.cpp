#include "proxy/session.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <random>
#include <utility>

#include <boost/asio/post.hpp>

#include "proxy/observe/log.hpp"
#include "proxy/upstream/cancel.hpp"
#include "proxy/upstream_login.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam {
namespace {

// Client messages that wait for their turn; above this the client is not read.
constexpr std::size_t most_queued = std::size_t{256} * 1024;

std::uint64_t fresh_seed() {
  std::random_device random;
  return (std::uint64_t{random()} << 32) | random();
}

wire::FrameLimits client_limits(const config::Config& config) {
  wire::FrameLimits limits;
  limits.message = config.limits.message_bytes;
  return limits;
}

}  // namespace

Session::Session(Service& service, const Listener& listener, net::Socket client, OnOver on_over)
    : service_(service),
      listener_(listener),
      rewriter_(listener.rewriter()),
      on_over_(std::move(on_over)),
      client_(std::make_shared<Peer>(net::Stream(std::move(client)),
                                     wire::Framer(client_limits(service.config)))),
      timer_(client_->stream().executor()) {}

void Session::start() {
  opening_ = std::make_shared<Opening>(
      service_, listener_, client_,
      [self = shared_from_this()](auto result) { self->on_opening(std::move(result)); });
  opening_->start();
}

void Session::on_opening(std::variant<Opened, NotOpened> result) {
  opening_.reset();
  if (auto* opened = std::get_if<Opened>(&result))
    return on_event([&](TimePoint now) { open(std::move(*opened), now); });
  const auto& [kind, reason] = std::get<NotOpened>(result);
  if (kind) fail(*kind, reason);
  finish();
}

void Session::open(Opened opened, TimePoint now) {
  service_.metrics.session_began();
  seat_ = std::move(opened.seat);
  startup_ = std::move(opened.startup);
  own_key_ = service_.cancel_keys.issue(
      [executor = client_->stream().executor(), weak = weak_from_this()] {
        net::asio::post(executor, [weak] {
          if (const auto self = weak.lock()) self->on_cancel_request();
        });
      });
  relay_.emplace(service_.relay, *rewriter_, service_.budget, fresh_seed(),
                 opened.upstream.parameters);
  welcome(opened.upstream);
  client_->belong_to(std::shared_ptr<Peer::Owner>(shared_from_this(), this));
  take_server(std::move(opened.upstream));
  feed_server(now);
  on_client_read({}, now);  // what came behind the greeting
}

void Session::take_server(upstream::Connected connected) {
  // Nothing of the client's was in them: a read of the catalog that was run again.
  for (std::uint32_t i = 0; i < connected.conflicts; ++i)
    service_.metrics.count(relay::Conflict{relay::ConflictKind::schema, false});
  if (connected.conflicts > 0)
    service_.metrics.count(relay::Decided{relay::Verdict::restarted, connected.conflicts,
                                          connected.conflicts + 1, std::chrono::microseconds(0)});
  server_key_ = connected.key;
  server_ = std::make_shared<Peer>(std::move(connected.stream), std::move(connected.framer));
  server_->belong_to(std::shared_ptr<Peer::Owner>(shared_from_this(), this));
}

// What PostgreSQL says between StartupMessage and the first prompt, in its order.
void Session::welcome(const upstream::Connected& upstream) {
  auto& out = out_.to_client;
  wire::backend::append_authentication_ok(out);
  for (const auto& [name, value] : upstream.parameters)
    wire::backend::append_parameter_status(out, {name, value});
  wire::backend::append_backend_key_data(out, own_key_);
  out += upstream.notices;
  wire::backend::append_ready_for_query(out, wire::backend::Status::idle);
}

// Every event comes in through here: what goes wrong in it ends the session, and nothing else.
template <class Event>
void Session::on_event(Event event) {
  if (over_) return;
  try {
    event(std::chrono::steady_clock::now());
    obey();
  } catch (const wire::ProtocolViolation& violation) {
    refuse(observe::ErrorKind::protocol_violation, "08P01", violation.what());
  } catch (const std::exception& error) {
    refuse(observe::ErrorKind::internal, "XX000", error.what());
  }
}

void Session::on_read(Peer& peer, net::Error error) {
  on_event([&](TimePoint now) {
    if (&peer == client_.get())
      on_client_read(error, now);
    else
      on_server_read(error, now);
  });
}

void Session::on_written(Peer&) {
  on_event([](TimePoint) {});  // nothing happened, but the other side may be read on
}

void Session::on_client_read(net::Error error, TimePoint now) {
  if (error) {
    client_gone_ = true;
    if (error != net::asio::error::eof) fail(observe::ErrorKind::client_lost, error.message());
    relay_->on_client_gone(now, out_);
    return;
  }
  while (!out_.close) {
    const auto frame = client_->next();
    if (!frame) return;
    relay_->on_client(*frame, now, out_);
  }
}

void Session::on_server_read(net::Error error, TimePoint now) {
  if (!error) return feed_server(now);
  leave_server();
  relay_->on_server_lost(now, out_);
}

// After an order to reconnect, the rest of what was read belongs to a connection that is no more.
void Session::feed_server(TimePoint now) {
  while (!out_.close && !out_.reconnect) {
    const auto frame = server_->next();
    if (!frame) return;
    relay_->on_server(*frame, now, out_);
    answer_cut_ = !frame->ends;
  }
}

void Session::on_upstream(upstream::Outcome outcome) {
  connector_.reset();
  on_event([&](TimePoint now) {
    if (const auto* failure = std::get_if<upstream::Failure>(&outcome)) {
      service_.metrics.upstream_connected(connect_result(failure->kind));
      observe::log(config::LogLevel::warning, "upstream not reached again",
                   {{"reason", failure->reason}});
      return relay_->on_server_refused(failure->reason, now, out_);
    }
    service_.metrics.upstream_connected(observe::ConnectResult::ok);
    auto& connected = std::get<upstream::Connected>(outcome);
    const auto parameters = connected.parameters;
    take_server(std::move(connected));
    relay_->on_server_ready(parameters, now, out_);
    feed_server(now);
  });
}

void Session::on_cancel_request() {
  on_event([&](TimePoint now) { relay_->on_cancel(now, out_); });
}

void Session::obey() {
  hand_over();
  if (out_.wait) wait(*out_.wait);
  if (out_.reconnect) reconnect(out_.reconnect_within);
  if (out_.cancel_upstream) cancel_upstream();
  const bool close = out_.close;
  out_.clear();
  if (close)
    finish();
  else if (draining_ && relay_->quiescent())
    refuse(observe::ErrorKind::shut_down, "57P01", "Occam is shutting down");
  else
    read_on();
}

// What is decided is decided, even if the next message of the same read breaks the protocol.
void Session::hand_over() {
  for (const auto& fact : out_.facts) {  // first: who has the answer must find it counted
    service_.metrics.count(fact);
    service_.fact_log.write(fact);
  }
  out_.facts.clear();
  if (server_) server_->send(out_.to_server);
  client_->send(out_.to_client);
}

void Session::wait(std::chrono::microseconds pause) {
  const auto turn = ++timer_turn_;
  timer_.expires_after(pause);
  timer_.async_wait([self = shared_from_this(), turn](net::Error error) {
    if (error || turn != self->timer_turn_) return;
    self->on_event([&](TimePoint now) {
      // Behind much that it sent, the client's end is not read before all of that is answered.
      if (!self->client_gone_ && self->client_->stream().ended_by_peer())
        self->on_client_read(net::asio::error::eof, now);
      else
        self->relay_->on_timer(now, self->out_);
    });
  });
}

void Session::reconnect(std::chrono::microseconds within) {
  leave_server();
  if (connector_) connector_->cancel();
  auto target = upstream_target(listener_.config, startup_);
  target.timeout = std::min(target.timeout, std::chrono::ceil<std::chrono::milliseconds>(within));
  connector_ = upstream::Connector::start(client_->stream().executor(), target,
                                          login_request(listener_.config, startup_),
                                          [self = shared_from_this()](upstream::Outcome outcome) {
                                            self->on_upstream(std::move(outcome));
                                          });
}

void Session::cancel_upstream() {
  if (!server_ || !server_key_) return;
  upstream::send_cancel(client_->stream().executor(), server_->stream().peer(), *server_key_,
                        listener_.config.upstream.connect_timeout);
}

// Each side is read only while the other takes what it is sent, so that a result of any size and a
// client of any haste use a bounded amount of memory.
void Session::read_on() {
  const bool server_takes = !server_ || !server_->congested();
  if (!client_gone_ && server_takes && relay_->queued_bytes() <= most_queued) client_->read();
  if (server_ && !client_->congested()) server_->read();
}

void Session::leave_server() {
  if (!server_) return;
  std::string terminate;
  wire::frontend::append_terminate(terminate);
  server_->send(terminate);
  server_->part();
  server_.reset();
  server_key_.reset();
}

void Session::drain() {
  draining_ = true;
  if (over_) return;
  if (opening_)
    stop();
  else
    on_event([](TimePoint) {});
}

void Session::stop() {
  if (over_) return;
  constexpr auto message = "Occam is shutting down";
  if (opening_)
    opening_->refuse(observe::ErrorKind::shut_down, "57P01", message);
  else
    refuse(observe::ErrorKind::shut_down, "57P01", message);
}

// The one place where a session ends for a reason of its own. In the midst of a message the client
// could not tell an error from data, so it gets none.
void Session::refuse(observe::ErrorKind kind, const char* code, const std::string& message) {
  if (over_) return;
  hand_over();
  std::string last_words;
  if (!answer_cut_) wire::backend::append_error(last_words, {"FATAL", code, message, "", ""});
  client_->send(last_words);
  fail(kind, message);
  finish();
}

void Session::fail(observe::ErrorKind kind, const std::string& reason) {
  service_.metrics.session_failed(kind);
  const bool expected =
      kind == observe::ErrorKind::shut_down || kind == observe::ErrorKind::client_lost;
  observe::log(expected ? config::LogLevel::info : config::LogLevel::warning, "session failed",
               {{"kind", observe::name(kind)},
                {"client", client_->stream().peer_name()},
                {"reason", reason}});
}

void Session::finish() {
  if (std::exchange(over_, true)) return;
  service_.cancel_keys.revoke(own_key_);
  timer_.cancel();
  if (connector_) connector_->cancel();
  leave_server();
  client_->part();
  if (relay_) service_.metrics.session_ended();
  on_over_(*this);
}

}  // namespace occam
