#include "proxy/net/tls_settings.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace occam::net {
namespace {

// OpenSSL says only that a file cannot be loaded. A pipe would keep the reader for ever.
void must_be_readable(const std::string& what, const std::string& file) {
  const auto refuse = [&](const char* why) {
    throw WrongTlsFile("the " + what + " " + file + " cannot be read (" + why +
                       "); give the path of a readable PEM file");
  };
  std::error_code ignored;
  const auto status = std::filesystem::status(file, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    refuse("not a regular file");
  errno = 0;
  if (!std::ifstream(file).is_open()) refuse(std::strerror(errno));
}

[[noreturn]] void refuse(const std::string& what, const std::string& file,
                         const std::string& instead) {
  const auto code = ERR_peek_last_error();
  const char* why = ERR_reason_error_string(code);
  const bool no_pem = ERR_GET_LIB(code) == ERR_LIB_PEM || ERR_GET_REASON(code) == ERR_R_PEM_LIB ||
                      ERR_GET_LIB(code) == ERR_LIB_OSSL_DECODER;
  ERR_clear_error();
  throw WrongTlsFile("the " + what + " " + file + " cannot be used (" +
                     (no_pem || why == nullptr ? "it holds none in PEM form" : why) + "); " +
                     instead);
}

// Without it OpenSSL would ask the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace

void FreeTlsSettings::operator()(ssl_ctx_st* settings) const { SSL_CTX_free(settings); }

TlsSettings new_tls_settings(const ssl_method_st* method) {
  TlsSettings made(SSL_CTX_new(method));
  if (!made) throw std::bad_alloc();
  auto* settings = made.get();
  SSL_CTX_set_min_proto_version(settings, TLS1_2_VERSION);
  // An end without goodbye is an end: what is cut inside a message, the framer above sees.
  SSL_CTX_set_options(settings, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                    SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                    SSL_OP_NO_TICKET);
  // No resumption, as PostgreSQL: its clients ask for none, and connections are long.
  SSL_CTX_set_num_tickets(settings, 0);
  SSL_CTX_set_session_cache_mode(settings, SSL_SESS_CACHE_OFF);
  // An idle session gives its buffers back and keeps 17 KiB instead of 31 (measured); that a busy
  // one takes them anew for each message costs too little to be measured.
  SSL_CTX_set_mode(settings, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                 SSL_MODE_RELEASE_BUFFERS);
  // One system call for a record, not one for its head and one for its body.
  SSL_CTX_set_read_ahead(settings, 1);
  SSL_CTX_set_default_passwd_cb(settings, no_passphrase);
  return made;
}

void show_certificate(ssl_ctx_st& settings, const std::string& chain_file,
                      const std::string& key_file) {
  ERR_clear_error();
  must_be_readable("certificate", chain_file);
  must_be_readable("key", key_file);
  if (SSL_CTX_use_certificate_chain_file(&settings, chain_file.c_str()) != 1)
    refuse("certificate", chain_file, "it must hold the certificate and, behind it, its chain");
  const bool read = SSL_CTX_use_PrivateKey_file(&settings, key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  if (read && SSL_CTX_check_private_key(&settings) == 1) return;
  const bool another = read || ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
  refuse("key", key_file,
         another ? "give the key of the certificate " + chain_file
                 : "give a private key without a passphrase");
}

void trust(ssl_ctx_st& settings, const std::string& ca_file) {
  ERR_clear_error();
  must_be_readable("CA file", ca_file);
  if (SSL_CTX_load_verify_file(&settings, ca_file.c_str()) != 1)
    refuse("CA file", ca_file, "it must hold the certificates of those who may sign");
}

void trust_system(ssl_ctx_st& settings) {
  SSL_CTX_set_default_verify_paths(&settings);
  ERR_clear_error();
}

}  // namespace occam::net
