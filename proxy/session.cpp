#include "proxy/session.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include <boost/asio/post.hpp>

#include "proxy/observe/log.hpp"
#include "proxy/upstream/cancel.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"

namespace occam {
namespace {

// Client messages that wait for their turn; above this the client is not read.
constexpr std::size_t most_queued = std::size_t{256} * 1024;

wire::FrameLimits client_limits(const config::Config& config) {
  wire::FrameLimits limits;
  limits.message = config.limits.message_bytes;
  return limits;
}

// All sessions of the thread share one Output: whatever happens, none may find another's bytes in
// it.
struct Emptied {
  explicit Emptied(relay::Output& shared) : out(shared) {}
  ~Emptied() { out.clear(); }
  Emptied(const Emptied&) = delete;
  Emptied& operator=(const Emptied&) = delete;
  relay::Output& out;
};

}  // namespace

Session::Session(const Site& site, net::Socket client)
    : site_(site),
      rewriter_(site.listener.rewriter()),
      client_(std::make_shared<Peer>(net::Stream(std::move(client)),
                                     wire::Framer(client_limits(site.service.config)))),
      session_{rewriter_.get(), {}},
      out_(site.relays.output()) {}

// One that the end of its thread has cut short still has its key.
Session::~Session() {
  if (!over_) site_.service.cancel_keys.revoke(own_key_);
}

void Session::start() {
  opening_ = std::make_shared<Opening>(
      site_.service, site_.listener, site_.pool, client_,
      [self = shared_from_this()](auto result) { self->on_opening(std::move(result)); });
  opening_->start();
}

void Session::on_opening(std::variant<Opened, NotOpened> result) {
  opening_.reset();
  if (auto* opened = std::get_if<Opened>(&result))
    return on_event([&](TimePoint now) { open(std::move(*opened), now); });
  auto& [kind, reason, last_words] = std::get<NotOpened>(result);
  if (kind) fail(*kind, reason);
  client_->send(last_words);
  finish();
}

void Session::open(Opened opened, TimePoint now) {
  site_.service.metrics.session_began();
  seat_ = std::move(opened.seat);
  account_ = std::move(opened.account);
  own_key_ = site_.service.cancel_keys.issue(*this);
  session_.told = opened.parameters;
  if (opened.application_name) session_.settings.begin_with(*opened.application_name);
  welcome(opened);
  client_->belong_to(std::shared_ptr<Peer::Owner>(shared_from_this(), this));
  if (opened.upstream) take_server(std::move(opened.upstream), now);
  on_client_read({}, now);  // what came behind the greeting
}

// What PostgreSQL says between StartupMessage and the first prompt, in its order.
void Session::welcome(const Opened& opened) {
  auto& out = out_.to_client;
  wire::backend::append_authentication_ok(out);
  for (const auto& [name, value] : opened.parameters.values())
    wire::backend::append_parameter_status(out, {name, value});
  wire::backend::append_backend_key_data(out, own_key_);
  if (opened.upstream) out += opened.upstream->notices;
  wire::backend::append_ready_for_query(out, wire::backend::Status::idle);
}

// Every event comes in through here: what goes wrong in it ends the session, and nothing else.
template <class Event>
void Session::on_event(Event event) {
  if (over_) return;
  const Emptied emptied{out_};
  try {
    const auto now = std::chrono::steady_clock::now();
    event(now);
    obey(now);
  } catch (const wire::ProtocolViolation& violation) {
    refuse(observe::ErrorKind::protocol_violation, "08P01", violation.what());
  } catch (const std::exception& error) {
    refuse(observe::ErrorKind::internal, "XX000", error.what());
  }
}

relay::Relay& Session::relay() {
  if (!relay_) relay_ = site_.relays.take(session_);
  return *relay_;
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
    relay().on_client_gone(now, out_);
    return;
  }
  while (!out_.close) {
    const auto frame = client_->next();
    if (!frame) return;
    relay().on_client(*frame, now, out_);
  }
}

void Session::on_server_read(net::Error error, TimePoint now) {
  if (!error) return feed_server(now);
  give_back(pool::Condition::broken);
  relay_->on_server_lost(now, out_);
}

// After an order for another lease, the rest of what was read belongs to a connection that is no
// more.
void Session::feed_server(TimePoint now) {
  while (!out_.close && !out_.lease) {
    const auto frame = server_->peer->next();
    if (!frame) return;
    relay_->on_server(*frame, now, out_);
    answer_cut_ = !frame->ends;
  }
}

void Session::on_lease(std::variant<std::unique_ptr<pool::Connection>, pool::Failure> result) {
  ticket_.reset();
  on_event([&](TimePoint now) {
    if (auto* connection = std::get_if<std::unique_ptr<pool::Connection>>(&result))
      return take_server(std::move(*connection), now);
    const auto& failure = std::get<pool::Failure>(result);
    observe::log(config::LogLevel::warning, "no upstream connection", {{"reason", failure.reason}});
    relay_->on_server_refused(
        wire::backend::decode_error(std::string_view(failure.error).substr(wire::header_bytes)),
        now, out_);
  });
}

void Session::take_server(std::unique_ptr<pool::Connection> connection, TimePoint now) {
  server_ = std::move(connection);
  // Nothing of the client's was in them: a read of the catalog that was run again.
  for (std::uint32_t i = 0; i < server_->conflicts; ++i)
    site_.service.metrics.count(relay::Conflict{relay::ConflictKind::schema, false});
  if (server_->conflicts > 0)
    site_.service.metrics.count(relay::Decided{relay::Verdict::restarted, server_->conflicts,
                                               server_->conflicts + 1,
                                               std::chrono::microseconds(0)});
  server_->conflicts = 0;
  server_->peer->belong_to(std::shared_ptr<Peer::Owner>(shared_from_this(), this));
  relay().on_server_ready(server_->session, now, out_);
  feed_server(now);
}

// On whatever thread the CancelRequest came to.
void Session::on_cancel_key() {
  net::asio::post(client_->stream().executor(), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_cancel_request();
  });
}

void Session::on_cancel_request() {
  on_event([&](TimePoint now) {
    if (relay_) relay_->on_cancel(now, out_);
  });
}

void Session::obey(TimePoint now) {
  bool close = false;
  do {
    hand_over();
    if (out_.wait) wait(*out_.wait);
    if (out_.cancel_upstream) cancel_upstream();
    close = out_.close;
  } while (!close && out_.lease && lease(now));
  out_.clear();
  if (close) return finish();
  if (ticket_ && relay_->phase() != relay::Phase::connecting) {
    site_.pool.leave(*ticket_);
    ticket_.reset();
  }
  give_back_if_free(now);
  rest();
  if (draining_ && (!relay_ || relay_->quiescent()))
    refuse(observe::ErrorKind::shut_down, "57P01", "Occam is shutting down");
  else
    read_on();
}

// What is decided is decided, even if the next message of the same read breaks the protocol.
void Session::hand_over() {
  for (const auto& fact : out_.facts) {  // first: who has the answer must find it counted
    site_.service.metrics.count(fact);
    site_.service.fact_log.write(fact);
    note_databases(fact);
  }
  out_.facts.clear();
  if (server_) server_->peer->send(out_.to_server);
  client_->send(out_.to_client);
}

// CREATE and DROP DATABASE are among what is called maintenance.
void Session::note_databases(const relay::Fact& fact) {
  const auto* done = std::get_if<relay::StatementDone>(&fact);
  if (done && done->kind == rewriter::StatementKind::maintenance) site_.listener.databases.doubt();
}

void Session::wait(std::chrono::microseconds pause) {
  const auto turn = ++timer_turn_;
  timer_ = std::make_unique<net::Timer>(client_->stream().executor(), pause);
  timer_->async_wait([self = shared_from_this(), turn](net::Error error) {
    if (error || turn != self->timer_turn_ || !self->relay_) return;
    self->on_event([&](TimePoint now) {
      // Behind much that it sent, the client's end is not read before all of that is answered.
      if (!self->client_gone_ && self->client_->stream().ended_by_peer())
        self->on_client_read(net::asio::error::eof, now);
      else
        self->relay_->on_timer(now, self->out_);
    });
  });
}

// True: there is one, and the relay has gone on with it.
bool Session::lease(TimePoint now) {
  const auto within = out_.lease_within;
  out_.clear();
  give_back(pool::Condition::broken);
  if (auto connection = site_.pool.take(*account_)) {
    take_server(std::move(connection), now);
    return true;
  }
  const auto longest = std::chrono::microseconds(site_.listener.config.pool.wait);
  ticket_ = site_.pool.wait(
      *account_, now + std::min(within.value_or(longest), longest),
      [self = shared_from_this()](auto result) { self->on_lease(std::move(result)); });
  return false;
}

void Session::cancel_upstream() {
  if (!server_ || !server_->key) return;
  ++cancels_;
  upstream::send_cancel(client_->stream().executor(), server_->peer->stream().peer(),
                        site_.listener.tls().towards_upstream, *server_->key,
                        site_.listener.config.upstream.connect_timeout, [weak = weak_from_this()] {
                          const auto self = weak.lock();
                          if (!self) return;
                          --self->cancels_;
                          self->on_event([](TimePoint) {});
                        });
}

// Between transactions the connection goes to whoever needs it; in session mode when it must be
// replaced.
void Session::give_back_if_free(TimePoint now) {
  if (!server_ || cancels_ > 0 || !relay_->may_part()) return;
  if (site_.listener.config.pool.mode == config::PoolMode::session && server_->may_stay(now))
    return;
  relay_->part();
  give_back(pool::Condition::clean);
}

// Until the client asks for something.
void Session::rest() {
  if (!relay_ || !relay_->may_rest()) return;
  site_.relays.give_back(std::move(relay_));
  timer_.reset();
}

// Each side is read only while the other takes what it is sent, so that a result of any size and a
// client of any haste use a bounded amount of memory.
void Session::read_on() {
  const bool server_takes = !server_ || !server_->peer->congested();
  const bool queue_takes = !relay_ || relay_->queued_bytes() <= most_queued;
  if (!client_gone_ && server_takes && queue_takes) client_->read();
  if (server_ && !client_->congested()) server_->peer->read();
}

void Session::give_back(pool::Condition condition) {
  if (server_) site_.pool.give_back(std::move(server_), condition);
}

// What a CancelRequest under way would meet is not known.
pool::Condition Session::condition() const {
  if (!relay_ || cancels_ > 0) return pool::Condition::broken;
  switch (relay_->leaving()) {
    case relay::Leaving::clean:
      return pool::Condition::clean;
    case relay::Leaving::in_transaction:
      return pool::Condition::in_transaction;
    case relay::Leaving::unclear:
      break;
  }
  return pool::Condition::broken;
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
  const Emptied emptied{out_};
  hand_over();
  if (out_.lease && lease(std::chrono::steady_clock::now())) hand_over();
  std::string last_words;
  if (!answer_cut_) wire::backend::append_error(last_words, {"FATAL", code, message, "", ""});
  client_->send(last_words);
  fail(kind, message);
  finish();
}

void Session::fail(observe::ErrorKind kind, const std::string& reason) {
  site_.service.metrics.session_failed(kind);
  const bool expected =
      kind == observe::ErrorKind::shut_down || kind == observe::ErrorKind::client_lost;
  observe::log(expected ? config::LogLevel::info : config::LogLevel::warning, "session failed",
               {{"kind", observe::name(kind)},
                {"client", client_->stream().peer_name()},
                {"reason", reason}});
}

void Session::finish() {
  if (std::exchange(over_, true)) return;
  site_.service.cancel_keys.revoke(own_key_);
  timer_.reset();
  if (ticket_) site_.pool.leave(*ticket_);
  give_back(condition());
  client_->part();
  if (account_) site_.service.metrics.session_ended();
  site_.on_over(*this);
}

}  // namespace occam
