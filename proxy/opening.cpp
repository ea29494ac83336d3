#include "proxy/opening.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "proxy/upstream/nonce.hpp"
#include "proxy/upstream_login.hpp"
#include "proxy/wire/ssl_answer.hpp"

namespace occam {
namespace {

constexpr char tls_handshake = 0x16;  // how a TLS record begins

observe::ErrorKind error_kind(pool::Failure::Kind kind) {
  switch (kind) {
    case pool::Failure::Kind::timed_out:
      return observe::ErrorKind::upstream_timeout;
    case pool::Failure::Kind::refused:
      return observe::ErrorKind::upstream_refused;
  }
  return observe::ErrorKind::internal;
}

// As a SET of the client's would be.
rewriter::SettingChange setting_of(const std::string& name, const std::string& value) {
  std::string literal;
  for (const char c : value) literal.append(c == '\'' ? 2 : 1, c);
  return {rewriter::SettingChange::Kind::set, name, "SET " + name + " TO '" + literal + "'"};
}

}  // namespace

Opening::Opening(Service& service, Listener& listener, pool::Pool& pool,
                 std::shared_ptr<Peer> client, Done done)
    : service_(service),
      listener_(listener),
      pool_(pool),
      client_(std::move(client)),
      done_(std::move(done)),
      timer_(client_->stream().executor()),
      tls_(listener_.tls()) {}

void Opening::start() {
  timer_.expires_after(service_.config.limits.login_timeout);
  timer_.async_wait([self = shared_from_this()](net::Error error) {
    if (!error)
      self->refuse(observe::ErrorKind::login_timeout, "08006", "the session's start took too long");
  });
  const bool offered = tls_.towards_clients != nullptr;
  greeting_ = wire::Greeting({.tls = offered, .tls_required = tls_.required_of_clients});
  if (offered)
    look_for_tls();
  else
    read();
}

// A TLS handshake instead of a first packet: direct negotiation, as of PostgreSQL 17.
void Opening::look_for_tls() {
  client_->stream().peek({bytes_.data(), 1},
                         [self = shared_from_this()](net::Error error, std::size_t) {
                           if (!self->done_) return;
                           if (!error && self->bytes_[0] == tls_handshake)
                             return self->shake_hands(true);
                           self->read();
                         });
}

void Opening::shake_hands(bool direct) {
  shaking_hands_ = true;
  client_->stream().encrypt(*tls_.towards_clients,
                            [self = shared_from_this(), direct](const auto& failure) {
                              if (self->done_) self->on_handshake(failure, direct);
                            });
}

void Opening::on_handshake(const std::optional<net::TlsFailure>& failure, bool direct) {
  if (failure) return close({observe::ErrorKind::client_tls, failure->reason, {}});
  if (direct && client_->stream().protocol() != wire::alpn_protocol)
    return close(
        {observe::ErrorKind::client_tls,
         "it began TLS without SSLRequest and did not offer the protocol postgresql (ALPN)",
         {}});
  shaking_hands_ = false;
  if (direct)
    greeting_ =
        wire::Greeting({.tls = true, .tls_required = tls_.required_of_clients, .encrypted = true});
  read();
}

void Opening::read() {
  client_->stream().read_some(
      bytes_, [self = shared_from_this()](net::Error error, std::size_t count) {
        if (!self->done_) return;
        if (error) return self->close({std::nullopt, "the client left before it had begun", {}});
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
      return admit();
    case wire::Greeting::Verdict::cancel:
      service_.cancel_keys.cancel(greeting_.cancel_key());
      return close({std::nullopt, "cancel request", {}});
    case wire::Greeting::Verdict::wants_tls:
      return shake_hands(false);
    case wire::Greeting::Verdict::refused:
      return close({observe::ErrorKind::bad_greeting, greeting_.reason(), {}});
  }
}

// A client has its seat before it is asked for a password: who only guesses is counted too.
void Opening::admit() {
  seat_ = Seat::take(service_.seats_taken, service_.config.limits.clients);
  if (!seat_)
    return refuse(observe::ErrorKind::too_many_clients, "53300",
                  "sorry, too many clients already (limits.clients is " +
                      std::to_string(service_.config.limits.clients) + ")");
  if (!listener_.users.empty()) return challenge();
  if (trusted()) return log_in();
  refuse(observe::ErrorKind::authentication_failed,
         {"FATAL", "28000",
          "client " + client_->stream().peer_name() +
              " is not on this machine, and no users are configured",
          "",
          "Name users in the configuration, or set listen_anywhere: true if the network itself "
          "keeps strangers out."});
}

bool Opening::trusted() const {
  return listener_.config.listen_anywhere || client_->stream().peer().address().is_loopback();
}

void Opening::challenge() {
  const auto& user = greeting_.startup().user;
  challenge_ = std::make_shared<Challenge>(
      client_,
      wire::Authentication(user, listener_.users.credential(user), upstream::fresh_nonce()),
      [self = shared_from_this()](auto unproven) { self->on_challenge(std::move(unproven)); });
  challenge_->start();
}

void Opening::on_challenge(std::optional<Unproven> unproven) {
  challenge_.reset();
  if (!unproven) return log_in();
  switch (unproven->kind) {
    case Unproven::Kind::left:
      return close({std::nullopt, unproven->reason, {}});
    case Unproven::Kind::broken:
      return deny(observe::ErrorKind::protocol_violation, *unproven);
    case Unproven::Kind::guessed:
      return deny_later(std::move(*unproven));
  }
}

void Opening::deny(observe::ErrorKind kind, Unproven unproven) {
  if (!done_) return;
  close({kind, unproven.reason, unproven.error});
}

// Holds the seat meanwhile, whether the client waits or not: guesses come no faster for it. Takes
// the log-in's timer, and ends no later than the log-in would have.
void Opening::deny_later(Unproven unproven) {
  const auto deadline = timer_.expiry();
  timer_.expires_at(std::min(
      deadline, std::chrono::steady_clock::now() + service_.config.limits.login_failure_delay));
  timer_.async_wait([self = shared_from_this(), unproven = std::move(unproven)](net::Error error) {
    if (!error) self->deny(observe::ErrorKind::authentication_failed, unproven);
  });
}

void Opening::log_in() {
  const auto parameters = startup_parameters(listener_.config, greeting_.startup());
  if (parameters.refusal)
    return refuse(observe::ErrorKind::bad_greeting,
                  {"FATAL", parameters.refusal->code, parameters.refusal->message, "",
                   parameters.refusal->hint});
  for (const auto& name : parameters.ignored) service_.fact_log.ignored_at_startup(name);
  auto [login, application_name] = pool_login(listener_, greeting_.startup());
  application_name_ = std::move(application_name);
  account_ = pool_.account(login);
  schema_ = login.target.schema;
  const auto* known = pool_.known_parameters(*account_);
  if (known && !must_ask()) return succeed(*known, nullptr);
  deadline_ = std::chrono::steady_clock::now() + listener_.config.pool.wait;
  wait();
}

void Opening::wait() {
  ticket_ = pool_.wait(*account_, deadline_, [self = shared_from_this()](auto result) {
    self->on_lease(std::move(result));
  });
}

// At a session's start an error ends it.
void Opening::on_lease(std::variant<std::unique_ptr<pool::Connection>, pool::Failure> result) {
  ticket_.reset();
  if (auto* connection = std::get_if<std::unique_ptr<pool::Connection>>(&result)) {
    if (must_ask()) return ask(std::move(*connection));
    const auto parameters = (*connection)->session.parameters;
    return succeed(parameters, std::move(*connection));
  }
  const auto& failure = std::get<pool::Failure>(result);
  auto error =
      wire::backend::decode_error(std::string_view(failure.error).substr(wire::header_bytes));
  if (error.severity == "FATAL") {
    to_client_ = failure.error;
  } else {
    error.severity = "FATAL";
    wire::backend::append_error(to_client_, error);
  }
  close({error_kind(failure.kind), failure.reason, to_client_});
}

bool Opening::must_ask() const { return !schema_.empty() && !listener_.databases.holds(schema_); }

void Opening::ask(std::unique_ptr<pool::Connection> connection) {
  asked_in_ = listener_.databases.era();
  inquiry_ = std::make_shared<DatabaseInquiry>(
      std::move(connection), schema_,
      [self = shared_from_this()](DatabaseInquiry::Seen seen) { self->on_seen(std::move(seen)); });
  inquiry_->start();
}

void Opening::on_seen(DatabaseInquiry::Seen seen) {
  inquiry_.reset();
  if (seen.condition == pool::Condition::broken) {  // it had died in the pool
    pool_.give_back(std::move(seen.connection), seen.condition);
    return wait();
  }
  if (seen.error.empty()) {
    listener_.databases.saw(schema_, asked_in_);
    const auto parameters = seen.connection->session.parameters;
    return succeed(parameters, std::move(seen.connection));
  }
  pool_.give_back(std::move(seen.connection), seen.condition);
  const auto error =
      wire::backend::decode_error(std::string_view(seen.error).substr(wire::header_bytes));
  refuse(observe::ErrorKind::upstream_refused, error);
}

void Opening::succeed(relay::ReportedParameters parameters,
                      std::unique_ptr<pool::Connection> upstream) {
  timer_.cancel();
  std::optional<rewriter::SettingChange> setting;
  if (application_name_) {
    parameters.set("application_name", *application_name_);
    setting = setting_of("application_name", *application_name_);
  }
  const auto done = std::exchange(done_, nullptr);
  done(Opened{std::move(*seat_), std::move(account_), std::move(parameters), std::move(setting),
              std::move(upstream)});
}

void Opening::refuse(observe::ErrorKind kind, const char* code, const std::string& message) {
  refuse(kind, {"FATAL", code, message, "", ""});
}

void Opening::refuse(observe::ErrorKind kind, const wire::backend::Error& error) {
  if (!done_) return;
  if (!shaking_hands_) {  // whoever awaits TLS must not read anything else
    wire::backend::append_error(to_client_, error);
  }
  close({kind, std::string(error.message), to_client_});
}

void Opening::close(NotOpened result) {
  timer_.cancel();
  challenge_.reset();
  if (ticket_) pool_.leave(*ticket_);
  ticket_.reset();
  if (inquiry_) pool_.give_back(inquiry_->abandon(), pool::Condition::broken);
  inquiry_.reset();
  const auto done = std::exchange(done_, nullptr);
  done(std::move(result));
}

}  // namespace occam
