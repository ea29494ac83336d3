// A session's start towards a client, in the server's role, beside Login, which is the client's:
// from the answered StartupMessage to the proof that the client knows its password, by
// SCRAM-SHA-256. Frames in, bytes and a verdict out; sans I/O, no clock, no randomness. Never sees
// a password, and says the same of a wrong one and of a name that is nobody's. AuthenticationOk is
// not its word: that comes once the upstream is there. Owns what it returns.
// Source: PostgreSQL manual, "SASL Authentication", "Message Flow: Start-up".
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"
#include "proxy/wire/scram_server.hpp"

namespace occam::wire {

// What a framer should admit of a client that is nobody yet; as PostgreSQL's
// PG_MAX_SASL_MESSAGE_LENGTH.
inline constexpr std::size_t authentication_message_limit = 1024 + header_bytes;

// Against what a client's proof is held.
struct Credential {
  ScramVerifier verifier;
  bool genuine = true;  // false: the name is nobody's; no proof is right, and it must not show
};

class Authentication {
 public:
  enum class Verdict {
    more,           // send what was appended, and feed the next frame
    authenticated,  // send what was appended; AuthenticationOk is to follow
    refused,        // error() holds: no such user or a wrong password; send it later, and close
    broken,         // error() holds: the client broke the dialogue; send it at once, and close
  };

  // `user` as the client named it; `nonce` is printable ASCII without commas, fresh and
  // unforeseeable for every dialogue.
  Authentication(std::string user, Credential credential, std::string_view nonce);

  // First: appends the request for a proof.
  void start(std::string& to_client);
  // Takes one frame. Not to be called again after any verdict but more.
  Verdict on_frame(const Frame& frame, std::string& to_client);
  // The framer refused the stream. The same as a frame that breaks the protocol.
  Verdict on_violation(const ProtocolViolation& violation);

  // A whole ErrorResponse for the client.
  const std::string& error() const { return error_; }
  // One line for the log.
  const std::string& reason() const { return reason_; }

 private:
  // What is awaited from the client.
  enum class Phase {
    mechanism,     // SASLInitialResponse
    client_first,  // SASLResponse, since the initial one was empty
    client_final,  // SASLResponse
    over,
  };

  Verdict on_message(const Frame& frame, std::string& to_client);
  Verdict on_mechanism(std::string_view body, std::string& to_client);
  Verdict on_client_first(std::string_view text, std::string& to_client);
  Verdict on_client_final(std::string_view text, std::string& to_client);
  Verdict refuse();
  Verdict break_off(const backend::Error& error);

  std::string user_;
  bool genuine_;
  ScramServer scram_;
  Phase phase_ = Phase::mechanism;
  std::string error_;
  std::string reason_;
};

}  // namespace occam::wire
