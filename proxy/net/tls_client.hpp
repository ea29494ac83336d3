// The client's role in TLS: which servers are trusted, by what name, and Occam's own certificate
// where a server asks for one. Read once; whoever wants files read again makes a new one.
// Immutable, so any thread may use it; a session keeps what it needs of it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "proxy/net/certificate.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/net/tls_settings.hpp"

namespace occam::net {

class TlsClient {
 public:
  enum class Verify {
    nothing,  // encrypted, but with whom is not asked
    chain,    // signed by somebody who is trusted
    name,     // and for this server's name
  };
  struct Settings {
    Verify verify = Verify::name;
    std::string ca;           // PEM file; empty: the system's
    std::string server_name;  // a host's name, or an address
    std::string certificate;  // PEM, with its chain behind it; empty: none
    std::string key;
  };

  // `protocol` is offered (ALPN). Throws WrongTlsFile.
  TlsClient(Settings settings, const std::string& protocol);

  std::unique_ptr<Tls> session(int descriptor) const;
  // Who may have signed a server's certificate: for the log.
  std::string trusted() const;
  // Occam's own certificate, if it has one for this server.
  std::optional<CertificateFacts> shown() const;

 private:
  void expect_name(ssl_st& session) const;

  Settings chosen_;
  bool numeric_;  // server_name is an address: verified as one, and never sent
  TlsSettings settings_;
};

}  // namespace occam::net
