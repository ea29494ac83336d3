#include "proxy/upstream/encryption.hpp"

#include <utility>

#include "proxy/wire/frontend.hpp"
#include "proxy/wire/ssl_answer.hpp"

namespace occam::upstream {
namespace {

using Kind = net::TlsFailure::Kind;

constexpr auto plaintext_hint =
    "Switch TLS on at the server; or set upstream.tls.mode to disable, if the network between "
    "Occam "
    "and the server is safe";

std::string hint(Kind kind, bool direct) {
  switch (kind) {
    case Kind::ended:
    case Kind::not_tls:
      return direct
                 ? "Set upstream.tls.negotiation to postgres, unless the server is Aurora DSQL or "
                   "PostgreSQL 17 or newer; and check upstream.host and upstream.port"
                 : "Check upstream.host and upstream.port, and the TLS settings of the server";
    case Kind::old_version:
      return "Let the server speak TLS 1.2 or newer";
    case Kind::not_trusted:
      return "Name the authority that signs the server's certificates in upstream.tls.ca, or have "
             "the certificate renewed";
    case Kind::wrong_name:
      return "Set upstream.host, or upstream.tls.server_name, to a name that the certificate is "
             "for.";
    case Kind::refused:
      return "Check what Occam shows the server: upstream.tls.server_name, and upstream.tls."
             "certificate with upstream.tls.key if it asks for one";
    case Kind::no_agreement:
      return "";
  }
  return "";
}

}  // namespace

void Encryption::start(net::Stream& stream, Tls tls, Done done) {
  const auto encryption = std::make_shared<Encryption>(stream, std::move(tls), std::move(done));
  if (encryption->tls_.direct)
    encryption->shake_hands();
  else
    encryption->request();
}

Encryption::Encryption(net::Stream& stream, Tls tls, Done done)
    : stream_(stream), tls_(std::move(tls)), done_(std::move(done)) {}

void Encryption::request() {
  wire::frontend::append_ssl_request(to_server_);
  stream_.write(to_server_, [self = shared_from_this()](net::Error error, std::size_t) {
    if (error) return self->finish(NotEncrypted{true, error.message(), "", ""});
    self->read_answer();
  });
}

void Encryption::read_answer() {
  stream_.read_some(answer_, [self = shared_from_this()](net::Error error, std::size_t count) {
    if (error)
      return self->finish(NotEncrypted{true, "it closed the connection when it was asked for TLS",
                                       "", hint(Kind::ended, false)});
    self->on_answer(count);
  });
}

void Encryption::on_answer(std::size_t count) {
  const auto answer = wire::judge_ssl_answer({answer_.data(), count});
  switch (answer.verdict) {
    case wire::SslAnswer::Verdict::encrypt:
      return shake_hands();
    case wire::SslAnswer::Verdict::plaintext:
      return finish(NotEncrypted{false, answer.reason, "", plaintext_hint});
    case wire::SslAnswer::Verdict::refused:
      return finish(NotEncrypted{false, answer.reason, answer.words, hint(Kind::not_tls, false)});
  }
}

void Encryption::shake_hands() {
  stream_.encrypt(*tls_.role, [self = shared_from_this()](const auto& failure) {
    self->on_handshake(failure);
  });
}

void Encryption::on_handshake(const std::optional<net::TlsFailure>& failure) {
  if (failure) {
    const bool trust = failure->kind == Kind::not_trusted;
    return finish(NotEncrypted{failure->kind == Kind::ended, failure->reason,
                               trust ? "trusted: " + tls_.role->trusted() : "",
                               hint(failure->kind, tls_.direct)});
  }
  // Without the agreement a server of another protocol could be made to take what follows for its
  // own (PostgreSQL 17's libpq asks for it too).
  if (tls_.direct && stream_.protocol() != wire::alpn_protocol)
    return finish(NotEncrypted{false,
                               "it did not agree on PostgreSQL's protocol in the handshake (ALPN)",
                               "", hint(Kind::not_tls, true)});
  finish(std::nullopt);
}

void Encryption::finish(std::optional<NotEncrypted> result) {
  const auto done = std::exchange(done_, nullptr);
  done(std::move(result));
}

}  // namespace occam::upstream
