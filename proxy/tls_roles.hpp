// Occam's two roles in TLS as a listener's configuration has them: what clients are shown and asked
// for, and what is demanded of the upstream. Reads the files; each reading is a new value, which
// connections use that begin from then on.
#pragma once

#include <memory>

#include "config/listener.hpp"

#include "proxy/net/tls_server.hpp"
#include "proxy/upstream/encryption.hpp"

namespace occam {

struct TlsRoles {
  std::shared_ptr<const net::TlsServer> towards_clients;  // null: not offered
  bool required_of_clients = false;
  upstream::Tls towards_upstream;
};

// Throws WrongSettings.
TlsRoles tls_roles(const config::Listener& listener);

}  // namespace occam
