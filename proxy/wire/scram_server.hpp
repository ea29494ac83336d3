// SCRAM-SHA-256 in the server's role: two texts in, two out, or the word that the password is
// wrong. Takes and refuses what PostgreSQL takes and refuses (src/backend/libpq/auth-scram.c). No
// channel binding: a client that has it and misses it here is let on, one that insists is refused.
// Never sees a password. The nonce is a parameter, so that the example of RFC 7677 §3 is a test.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/wire/scram.hpp"
#include "proxy/wire/scram_verifier.hpp"

namespace occam::wire {

// The client asks for what SCRAM has and this server has not.
class ScramUnsupported : public ScramFailure {
 public:
  using ScramFailure::ScramFailure;
};

class ScramServer {
 public:
  // The nonce as ScramClient's.
  ScramServer(ScramVerifier verifier, std::string_view nonce);

  // First: the server-first-message. The name in the client's text is not looked at, as
  // PostgreSQL's clients leave it empty.
  std::string server_first(std::string_view client_first);
  // Second: the server-final-message; nothing: the client does not know the password.
  std::optional<std::string> server_final(std::string_view client_final) const;

 private:
  void read_gs2_header(std::string_view& rest);
  bool proves(const scram::Key& proof, std::string_view signed_text) const;

  ScramVerifier verifier_;
  std::string nonce_;  // the client's and ours, once the client's is known
  char binding_ = 'n';
  std::string client_first_bare_;
  std::string server_first_;
};

}  // namespace occam::wire
