#include "proxy/upstream_login.hpp"

#include <utility>

#include "proxy/upstream/database_schema.hpp"
#include "proxy/upstream/nonce.hpp"

namespace occam {
namespace {

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

upstream::Target upstream_target(const config::Listener& listener, const wire::Startup& startup) {
  upstream::Target target;
  target.host = listener.upstream.host;
  target.port = static_cast<std::uint16_t>(listener.upstream.port);
  target.timeout = listener.upstream.connect_timeout;
  target.frames.streamed = "Dd";  // DataRow and CopyData may be larger than memory
  target.schema = schema_of(listener, startup);
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

}  // namespace occam
