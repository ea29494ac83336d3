// The start of a client's session, in the server's role: everything before the first message with a
// type byte. Bytes in, bytes and a verdict out; sans I/O. Knows startup packets only: no passwords,
// no SQL, no frames. The answer is the same however the bytes were chopped. Owns what it returns.
// Source: PostgreSQL manual, "Message Flow: Start-up", "SSL Session Encryption", "Cancelling".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/parameter.hpp"

namespace occam::wire {

// As PostgreSQL's MAX_STARTUP_PACKET_LENGTH.
inline constexpr std::size_t startup_packet_limit = 10'000;

// What a StartupMessage asked for.
struct Startup {
  Parameters parameters;  // all but the `_pq_.` options, user and database included
  std::string user;
  std::string database;  // the user's name where none was given
};

struct GreetingOptions {
  // Answer SSLRequest with 'S' and ask for TLS (wants_tls); otherwise with 'N'.
  bool tls = false;
  // Refuse a session without TLS.
  bool tls_required = false;
  // TLS began before the first packet (direct negotiation).
  bool encrypted = false;
};

class Greeting {
 public:
  enum class Verdict {
    more,       // send what was appended, if anything, and feed the next bytes
    wants_tls,  // 'S' was appended: send it, run the TLS handshake, feed what it decrypts
    started,    // startup() holds; no authentication message has been written yet
    cancel,     // cancel_key() holds; a cancel request has no answer: close
    refused,    // send what was appended, if anything, and close; reason() is for the log
  };

  explicit Greeting(GreetingOptions options)
      : options_(options), encrypted_(options.encrypted), ssl_requested_(options.encrypted) {}

  // Takes what was read and appends the answer. Not to be called again after started, cancel or
  // refused.
  Verdict on_bytes(std::string_view bytes, std::string& to_client);

  const Startup& startup() const { return startup_; }
  backend::BackendKeyData cancel_key() const { return cancel_key_; }
  // After started: bytes that came behind the startup packet. They belong to the session's Framer.
  std::string_view leftovers() const { return pending_; }
  const std::string& reason() const { return reason_; }

 private:
  Verdict on_packet(std::string_view body, std::string& to_client);
  Verdict on_encryption_request(bool& seen, std::string_view body, std::string_view name,
                                std::string& to_client);
  Verdict on_cancel_request(std::string_view body);
  Verdict on_startup(std::int32_t version, std::string_view body, std::string& to_client);
  bool in_plaintext_though_forbidden() const { return options_.tls_required && !encrypted_; }
  Verdict refuse(std::string_view code, std::string message, std::string& to_client,
                 std::string_view hint = {});

  GreetingOptions options_;
  std::string pending_;
  bool encrypted_;
  bool ssl_requested_;
  bool gss_requested_ = false;
  Startup startup_;
  backend::BackendKeyData cancel_key_;
  std::string reason_;
};

}  // namespace occam::wire
