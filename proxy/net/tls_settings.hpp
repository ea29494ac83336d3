// What both roles of TLS share: versions and modes, and the reading of PEM files. Every mistake in
// a file is a sentence that names the file and says what is wrong with it. Knows no role.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

struct ssl_ctx_st;
struct ssl_method_st;

namespace occam::net {

// what(): one sentence.
class WrongTlsFile : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct FreeTlsSettings {
  void operator()(ssl_ctx_st* settings) const;
};
using TlsSettings = std::unique_ptr<ssl_ctx_st, FreeTlsSettings>;

// TLS 1.2 and newer, nothing that a session leaves behind for the next.
TlsSettings new_tls_settings(const ssl_method_st* method);

// The chain, the own certificate first, and its key. All throw WrongTlsFile.
void show_certificate(ssl_ctx_st& settings, const std::string& chain_file,
                      const std::string& key_file);
// Certificates that are signed by one of these are trusted.
void trust(ssl_ctx_st& settings, const std::string& ca_file);
// The system's; nothing is wrong if there are none, until a certificate is judged by them.
void trust_system(ssl_ctx_st& settings);

}  // namespace occam::net
