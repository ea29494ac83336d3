#include "proxy/upstream_login.hpp"

#include <algorithm>
#include <utility>

#include "proxy/upstream/database_schema.hpp"
#include "proxy/upstream/nonce.hpp"

namespace occam {
namespace {

constexpr std::string_view application_name = "occam:aurora-dsql-cpp-occam/" OCCAM_VERSION;

const std::string& first_given(const std::string& configured, const std::string& from_client) {
  return configured.empty() ? from_client : configured;
}

// Aurora DSQL has this one only (facts/dsql.md §2).
const std::string& database_of(const config::Listener& listener) {
  static const std::string postgres = "postgres";
  return first_given(listener.upstream.database, postgres);
}

// The schema that is the client's database; empty: its database is the upstream's own.
std::string schema_of(const config::Listener& listener, const wire::Startup& startup) {
  const bool own = listener.upstream.server == rewriter::Server::postgresql ||
                   startup.database == database_of(listener) || startup.database == "postgres";
  return own ? "" : startup.database;
}

// The last of a name counts.
std::string& parameter(wire::Parameters& parameters, std::string_view name) {
  for (auto given = parameters.rbegin(); given != parameters.rend(); ++given)
    if (given->name == name) return given->value;
  return parameters.emplace_back(wire::Parameter{std::string(name), ""}).value;
}

}  // namespace

StartupParameters startup_parameters(const config::Listener& listener,
                                     const wire::Startup& startup) {
  if (listener.upstream.server == rewriter::Server::postgresql) return {startup.parameters, {}, {}};
  const auto& ignored = listener.rewriter.ignored_settings;
  return judge_startup(startup.parameters, {ignored.begin(), ignored.end()});
}

upstream::Target upstream_target(const Listener& listener, const wire::Startup& startup) {
  const auto& chosen = listener.config.upstream;
  upstream::Target target;
  target.host = chosen.host;
  target.port = static_cast<std::uint16_t>(chosen.port);
  target.tls = [&listener] { return listener.tls().towards_upstream; };
  target.timeout = chosen.connect_timeout;
  target.frames.streamed = "Dd";  // DataRow and CopyData may be larger than memory
  target.schema = schema_of(listener.config, startup);
  return target;
}

wire::LoginRequest login_request(const config::Listener& listener, const wire::Startup& startup) {
  wire::LoginRequest request{first_given(listener.upstream.user, startup.user),
                             first_given(listener.upstream.database, startup.database),
                             listener.upstream.password, startup_parameters(listener, startup).kept,
                             upstream::fresh_nonce()};
  if (listener.upstream.server == rewriter::Server::postgresql) return request;
  request.database = database_of(listener);
  // First, so that a search_path of the client's own still decides. The upstream's own database has
  // one too: by PostgreSQL's default the schema of the user's name would come before public, and
  // that is another of the client's databases.
  const auto schema = schema_of(listener, startup);
  auto& options = parameter(request.parameters, "options");
  options = upstream::search_path_option(schema.empty() ? "public" : schema) +
            (options.empty() ? "" : " " + options);
  return request;
}

// Connections are one's own on a plain PostgreSQL only; on Aurora DSQL they are told apart by the
// convention of its connectors: PREFIX:aurora-dsql-LANGUAGE-DRIVER/VERSION (facts/dsql.md §4).
PoolLogin pool_login(const Listener& listener, const wire::Startup& startup) {
  PoolLogin result{
      {{}, upstream_target(listener, startup), login_request(listener.config, startup)}, {}};
  auto& [identity, target, request] = result.login;
  if (listener.config.upstream.server == rewriter::Server::aurora_dsql) {
    auto& name = parameter(request.parameters, "application_name");
    if (auto own = std::exchange(name, std::string(application_name)); !own.empty())
      result.application_name = std::move(own);
  }
  std::stable_sort(request.parameters.begin(), request.parameters.end(),
                   [](const auto& a, const auto& b) { return a.name < b.name; });
  identity = request.user + '\0' + request.database + '\0' + target.schema;
  for (const auto& [name, value] : request.parameters) identity += '\0' + name + '\0' + value;
  return result;
}

}  // namespace occam
