// Why a TLS handshake came to nothing: one line for people, and a kind for advice. Knows OpenSSL's
// error codes and the alerts of TLS; knows neither roles nor settings.
#pragma once

#include <string>

namespace occam::net {

struct TlsFailure {
  enum class Kind {
    ended,         // the connection ended before the handshake did
    not_tls,       // what the peer sent is not TLS
    old_version,   // no version of TLS that both accept
    not_trusted,   // its certificate is missing, expired, or signed by nobody that is trusted
    wrong_name,    // its certificate is in order, and somebody else's
    refused,       // the peer broke it off with an alert
    no_agreement,  // everything else
  };
  Kind kind = Kind::no_agreement;
  std::string reason;  // what the peer did, as in "it closed the connection"
};

// `code` as OpenSSL's error queue has it.
TlsFailure explain_tls(unsigned long code);

}  // namespace occam::net
