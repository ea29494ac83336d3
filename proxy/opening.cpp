#include "proxy/opening.hpp"

#include <random>
#include <utility>

#include "proxy/startup_parameters.hpp"
#include "proxy/upstream/database_schema.hpp"

namespace occam {
namespace {

constexpr std::size_t nonce_letters = 24;

std::string fresh_nonce() {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::random_device random;
  std::string nonce;
  while (nonce.size() < nonce_letters) nonce += alphabet[random() % alphabet.size()];
  return nonce;
}

const std::string& first_given(const std::string& configured, const std::string& from_client) {
  return configured.empty() ? from_client : configured;
}

// Aurora DSQL has this one only (facts/dsql.md §2).
const std::string& database_of(const config::Config& config) {
  static const std::string postgres = "postgres";
  return first_given(config.upstream.database, postgres);
}

// The schema that is the client's database; empty: its database is the upstream's own.
std::string schema_of(const config::Config& config, const wire::Startup& startup) {
  const bool own = config.upstream.server == rewriter::Server::postgresql ||
                   startup.database == database_of(config) || startup.database == "postgres";
  return own ? "" : startup.database;
}

StartupParameters startup_parameters(const config::Config& config, const wire::Startup& startup) {
  if (config.upstream.server == rewriter::Server::postgresql) return {startup.parameters, {}, {}};
  const auto& ignored = config.rewriter.ignored_settings;
  return judge_startup(startup.parameters, {ignored.begin(), ignored.end()});
}

// The last of a name counts.
std::string& parameter(wire::Parameters& parameters, std::string_view name) {
  for (auto given = parameters.rbegin(); given != parameters.rend(); ++given)
    if (given->name == name) return given->value;
  return parameters.emplace_back(wire::Parameter{std::string(name), ""}).value;
}

}  // namespace

upstream::Target upstream_target(const config::Config& config, const wire::Startup& startup) {
  upstream::Target target;
  target.host = config.upstream.host;
  target.port = static_cast<std::uint16_t>(config.upstream.port);
  target.timeout = config.upstream.connect_timeout;
  target.frames.streamed = "Dd";  // DataRow and CopyData may be larger than memory
  target.schema = schema_of(config, startup);
  return target;
}

wire::LoginRequest login_request(const config::Config& config, const wire::Startup& startup) {
  wire::LoginRequest request{first_given(config.upstream.user, startup.user),
                             first_given(config.upstream.database, startup.database),
                             config.upstream.password, startup_parameters(config, startup).kept,
                             fresh_nonce()};
  if (config.upstream.server == rewriter::Server::postgresql) return request;
  request.database = database_of(config);
  // First, so that a search_path of the client's own still decides. The upstream's own database has
  // one too: by PostgreSQL's default the schema of the user's name would come before public, and
  // that is another of the client's databases.
  const auto schema = schema_of(config, startup);
  auto& options = parameter(request.parameters, "options");
  options = upstream::search_path_option(schema.empty() ? "public" : schema) +
            (options.empty() ? "" : " " + options);
  return request;
}

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

Opening::Opening(Service& service, std::shared_ptr<Peer> client, Done done)
    : service_(service),
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
  const auto parameters = startup_parameters(service_.config, greeting_.startup());
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
                                          upstream_target(service_.config, greeting_.startup()),
                                          login_request(service_.config, greeting_.startup()),
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
