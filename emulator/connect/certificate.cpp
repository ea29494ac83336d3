#include "emulator/connect/certificate.hpp"

#include <new>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace emulator {
namespace {

constexpr unsigned char protocol[] = "\x0apostgresql";  // one name, its length first

// As PostgreSQL 17: a client that offers protocols must offer this one.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, length, protocol, sizeof protocol - 1, offered,
                            offered_length) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

[[noreturn]] void refuse(const std::string& what, const std::string& file) {
  const char* why = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  throw BadCertificate(what + " '" + file + "': " + (why ? why : "cannot be used"));
}

}  // namespace

void Certificate::Free::operator()(ssl_ctx_st* settings) const { SSL_CTX_free(settings); }

Certificate::Certificate(const std::string& chain_file, const std::string& key_file)
    : settings_(SSL_CTX_new(TLS_server_method())) {
  auto* settings = settings_.get();
  if (!settings) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(settings, TLS1_2_VERSION);
  SSL_CTX_set_options(settings, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(settings, 0);  // no resumption, as PostgreSQL
  SSL_CTX_set_session_cache_mode(settings, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(settings, choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(settings, chain_file.c_str()) != 1)
    refuse("certificate", chain_file);
  if (SSL_CTX_use_PrivateKey_file(settings, key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(settings) != 1)
    refuse("key", key_file);
}

}  // namespace emulator
