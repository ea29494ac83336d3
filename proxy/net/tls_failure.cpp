#include "proxy/net/tls_failure.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace occam::net {
namespace {

std::string words(unsigned long code) {
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

}  // namespace

TlsFailure explain_tls(unsigned long code) {
  using Kind = TlsFailure::Kind;
  switch (ERR_GET_REASON(code)) {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return {Kind::ended, "it closed the connection during the TLS handshake"};
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_UNKNOWN_PROTOCOL:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_RECORD_TOO_SMALL:
    case SSL_R_BAD_RECORD_TYPE:
      return {Kind::not_tls, "it does not speak TLS (" + words(code) + ")"};
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_UNSUPPORTED_SSL_VERSION:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      return {Kind::old_version, "it does not speak TLS 1.2 or newer (" + words(code) + ")"};
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return {Kind::not_trusted, "it showed no certificate"};
    case SSL_R_NO_APPLICATION_PROTOCOL:
      return {Kind::no_agreement, "it offers protocols in its TLS handshake (ALPN), but not ours"};
    default:
      break;
  }
  if (ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET)
    return {Kind::refused, "it broke off the TLS handshake (" + words(code) + ")"};
  return {Kind::no_agreement, "the TLS handshake failed (" + words(code) + ")"};
}

}  // namespace occam::net
