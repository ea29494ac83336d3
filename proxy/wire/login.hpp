// A session's start at the upstream, in the client's role: from StartupMessage to the first
// ReadyForQuery. Frames in, bytes and a verdict out; sans I/O, no clock, no randomness. Knows the
// authentication exchange, never where a password or token comes from. The password is wiped as
// soon as it is of no more use and stands in no text; what was appended to `to_server` is the
// caller's to send and wipe. Owns what it returns.
// Source: PostgreSQL manual, "Message Flow: Start-up", "SASL Authentication".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"
#include "proxy/wire/parameter.hpp"
#include "proxy/wire/scram_client.hpp"

namespace occam::wire {

// More than this before ReadyForQuery is no login.
inline constexpr std::size_t login_limit = std::size_t{1} << 20;

struct LoginRequest {
  std::string user;
  std::string database;
  std::string password;   // or a token; empty: none
  Parameters parameters;  // besides user and database, which are skipped here
  std::string nonce;      // for SCRAM: fresh for every login, printable ASCII without commas
};

class Login {
 public:
  enum class Verdict {
    more,       // send what was appended, if anything, and feed the next frame
    logged_in,  // parameters(), key() and notices() hold
    refused,    // error() and reason() hold; close
  };

  explicit Login(LoginRequest request);
  ~Login();
  Login(const Login&) = delete;
  Login& operator=(const Login&) = delete;

  // First: appends StartupMessage.
  void start(std::string& to_server);
  // Takes one whole frame. Not to be called again after logged_in or refused.
  Verdict on_frame(const Frame& frame, std::string& to_server);
  // The framer refused the stream. The same as a frame that breaks the protocol.
  Verdict on_violation(const ProtocolViolation& violation);

  const Parameters& parameters() const { return parameters_; }
  // Nothing if the server sent no BackendKeyData: such a session cannot be cancelled.
  std::optional<backend::BackendKeyData> key() const { return key_; }
  // Whole NoticeResponse messages, one behind the other, for the client.
  const std::string& notices() const { return notices_; }
  // A whole ErrorResponse for the client: the server's own, byte for byte, or Occam's.
  const std::string& error() const { return error_; }
  // One line for the log.
  const std::string& reason() const { return reason_; }

 private:
  // What is awaited from the server.
  enum class Phase {
    method,          // how to authenticate
    password_check,  // AuthenticationOk, the password was sent
    sasl_continue,
    sasl_final,
    sasl_ok,  // AuthenticationOk, the server has proved itself
    ready,    // ParameterStatus, BackendKeyData, ReadyForQuery
    over,
  };

  Verdict on_message(const Frame& frame, std::string& to_server);
  Verdict on_authentication(const Frame& frame, std::string& to_server);
  Verdict on_method(backend::Method method, Reader& reader, std::string& to_server);
  Verdict on_mechanisms(Reader& reader, std::string& to_server);
  Verdict on_session_start(const Frame& frame);
  Verdict refuse(std::string_view code, std::string message);
  void wipe_password();

  LoginRequest request_;
  Phase phase_ = Phase::method;
  std::optional<ScramClient> scram_;
  std::size_t received_ = 0;
  Parameters parameters_;
  std::optional<backend::BackendKeyData> key_;
  std::string notices_;
  std::string error_;
  std::string reason_;
};

}  // namespace occam::wire
