#include "proxy/net/tls_client.hpp"

#include <new>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "proxy/net/certificate.hpp"

namespace occam::net {
namespace {

bool is_address(const std::string& text) {
  boost::system::error_code other;
  boost::asio::ip::make_address(text, other);
  return !other;
}

}  // namespace

TlsClient::TlsClient(Settings chosen, const std::string& protocol)
    : chosen_(std::move(chosen)),
      numeric_(is_address(chosen_.server_name)),
      settings_(new_tls_settings(TLS_client_method())) {
  auto* settings = settings_.get();
  if (!chosen_.certificate.empty()) show_certificate(*settings, chosen_.certificate, chosen_.key);
  const auto alpn = static_cast<char>(protocol.size()) + protocol;  // a list of one
  SSL_CTX_set_alpn_protos(settings, reinterpret_cast<const unsigned char*>(alpn.data()),
                          static_cast<unsigned int>(alpn.size()));
  if (chosen_.verify == Verify::nothing) return;
  if (chosen_.ca.empty())
    trust_system(*settings);
  else
    trust(*settings, chosen_.ca);
  SSL_CTX_set_verify(settings, SSL_VERIFY_PEER, note_objection);
}

std::unique_ptr<Tls> TlsClient::session(int descriptor) const {
  auto made = std::make_unique<Tls>(*settings_, descriptor);
  auto& session = made->session();
  SSL_set_connect_state(&session);
  // RFC 6066 §3: the name of a host, never an address.
  if (!numeric_ && SSL_set_tlsext_host_name(&session, chosen_.server_name.c_str()) != 1)
    throw std::bad_alloc();
  if (chosen_.verify == Verify::name) expect_name(session);
  return made;
}

std::string TlsClient::trusted() const {
  return chosen_.ca.empty() ? "the system's authorities" : "the authorities in " + chosen_.ca;
}

std::optional<CertificateFacts> TlsClient::shown() const {
  const auto* own = SSL_CTX_get0_certificate(settings_.get());
  return own != nullptr ? std::optional(facts_of(*own)) : std::nullopt;
}

void TlsClient::expect_name(ssl_st& session) const {
  auto* parameters = SSL_get0_param(&session);
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const auto& name = chosen_.server_name;
  const bool set = numeric_ ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1
                            : X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), 0) == 1;
  if (!set) throw std::bad_alloc();
}

}  // namespace occam::net
