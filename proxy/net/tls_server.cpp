#include "proxy/net/tls_server.hpp"

#include <string_view>

#include <openssl/ssl.h>

#include "proxy/net/certificate.hpp"

namespace occam::net {
namespace {

// `offered` is a list of names, each behind its length.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length, void* wanted) {
  const std::string_view protocol(static_cast<const char*>(wanted));
  std::string_view rest(reinterpret_cast<const char*>(offered), offered_length);
  while (!rest.empty()) {
    const std::size_t size = static_cast<unsigned char>(rest.front());
    const auto name = rest.substr(1, size);
    if (name == protocol) {
      *chosen = reinterpret_cast<const unsigned char*>(name.data());
      *length = static_cast<unsigned char>(size);
      return SSL_TLSEXT_ERR_OK;
    }
    rest.remove_prefix(1 + name.size());
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

TlsServer::TlsServer(const Files& files, const char* protocol)
    : settings_(new_tls_settings(TLS_server_method())) {
  auto* settings = settings_.get();
  show_certificate(*settings, files.certificate, files.key);
  SSL_CTX_set_alpn_select_cb(settings, choose_protocol, const_cast<char*>(protocol));
  if (files.client_ca.empty()) return;
  trust(*settings, files.client_ca);
  SSL_CTX_set_client_CA_list(settings, SSL_load_client_CA_file(files.client_ca.c_str()));
  SSL_CTX_set_verify(settings, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, note_objection);
}

std::unique_ptr<Tls> TlsServer::session(int descriptor) const {
  auto made = std::make_unique<Tls>(*settings_, descriptor);
  SSL_set_accept_state(&made->session());
  return made;
}

std::string TlsServer::certificate() const {
  const auto* own = SSL_CTX_get0_certificate(settings_.get());
  return subject(*own) + ", valid until " + valid_until(*own);
}

CertificateFacts TlsServer::shown() const {
  return facts_of(*SSL_CTX_get0_certificate(settings_.get()));
}

}  // namespace occam::net
