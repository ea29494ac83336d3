// How the upstream of a listener is reached in the name of one client: where it is, and as whom,
// with which database and parameters, it is logged in to. Configuration and the client's
// StartupMessage in, values out; but for the nonce the same values for the same client.
#pragma once

#include <optional>
#include <string>

#include "config/listener.hpp"

#include "proxy/listener.hpp"
#include "proxy/pool/connection.hpp"
#include "proxy/startup_parameters.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/wire/greeting.hpp"
#include "proxy/wire/login.hpp"

namespace occam {

// What of the client's parameters the upstream is told; a plain PostgreSQL is told all.
StartupParameters startup_parameters(const config::Listener& listener,
                                     const wire::Startup& startup);
upstream::Target upstream_target(const Listener& listener, const wire::Startup& startup);
wire::LoginRequest login_request(const config::Listener& listener, const wire::Startup& startup);

struct PoolLogin {
  pool::Login login;
  // What the client calls itself, if its connections are called otherwise.
  std::optional<std::string> application_name;
};
// `listener` outlives both.
PoolLogin pool_login(const Listener& listener, const wire::Startup& startup);

}  // namespace occam
