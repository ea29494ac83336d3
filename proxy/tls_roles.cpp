#include "proxy/tls_roles.hpp"

#include "proxy/settings.hpp"
#include "proxy/wire/ssl_answer.hpp"

namespace occam {
namespace {

using Verify = net::TlsClient::Verify;

// As libpq has it: with require, a server is verified only where there is something to verify it
// by.
Verify verify(const config::UpstreamTls& tls) {
  switch (tls.mode) {
    case config::UpstreamTlsMode::disable:
    case config::UpstreamTlsMode::require:
      return tls.ca.empty() ? Verify::nothing : Verify::chain;
    case config::UpstreamTlsMode::verify_ca:
      return Verify::chain;
    case config::UpstreamTlsMode::verify_full:
      return Verify::name;
  }
  return Verify::name;
}

std::shared_ptr<const net::TlsServer> towards_clients(const config::ClientTls& tls) {
  if (tls.mode == config::ClientTlsMode::off) return nullptr;
  return std::make_shared<const net::TlsServer>(
      net::TlsServer::Files{tls.certificate, tls.key, tls.client_ca}, wire::alpn_protocol);
}

upstream::Tls towards_upstream(const config::Upstream& upstream) {
  const auto& tls = upstream.tls;
  if (tls.mode == config::UpstreamTlsMode::disable) return {};
  const auto& name = tls.server_name.empty() ? upstream.host : tls.server_name;
  return {std::make_shared<const net::TlsClient>(
              net::TlsClient::Settings{verify(tls), tls.ca, name, tls.certificate, tls.key},
              wire::alpn_protocol),
          tls.negotiation == config::TlsNegotiation::direct};
}

}  // namespace

TlsRoles tls_roles(const config::Listener& listener) {
  const char* section = "tls: ";
  try {
    auto clients = towards_clients(listener.tls);
    section = "upstream.tls: ";
    return {std::move(clients), listener.tls.mode == config::ClientTlsMode::require,
            towards_upstream(listener.upstream)};
  } catch (const net::WrongTlsFile& wrong) {
    throw WrongSettings("listener " + listener.name + ": " + section + wrong.what());
  }
}

}  // namespace occam
