// The server's role in TLS: the certificate that clients are shown and, if asked for, the CA that
// must have signed theirs. Read once; whoever wants files read again makes a new one. Immutable, so
// any thread may use it; a session keeps what it needs of it.
#pragma once

#include <memory>
#include <string>

#include "proxy/net/certificate.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/net/tls_settings.hpp"

namespace occam::net {

class TlsServer {
 public:
  struct Files {
    std::string certificate;  // PEM, with its chain behind it
    std::string key;
    std::string client_ca;  // empty: no certificate is asked for
  };

  // `protocol`, a literal: clients that offer protocols (ALPN) must offer this one. Throws
  // WrongTlsFile.
  TlsServer(const Files& files, const char* protocol);

  std::unique_ptr<Tls> session(int descriptor) const;
  // Whose certificate is shown, and until when it is valid: for the log.
  std::string certificate() const;
  CertificateFacts shown() const;

 private:
  TlsSettings settings_;
};

}  // namespace occam::net
