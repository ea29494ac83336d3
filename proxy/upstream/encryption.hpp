// Puts TLS on a connection to the upstream before anything else is said: SSLRequest, its answer and
// the handshake, or the handshake at once. Knows no deadline: whoever started it closes the stream,
// and `done` hears of that as of any failure. Keeps itself alive while it works; the stream is its
// owner's, who keeps it until `done`.
// Source: PostgreSQL manual, "SSL Session Encryption"; facts/dsql.md §4.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "proxy/net/stream.hpp"
#include "proxy/net/tls_client.hpp"

namespace occam::upstream {

// How a target wants to be spoken to.
struct Tls {
  std::shared_ptr<const net::TlsClient> role;  // null: plaintext
  bool direct = false;                         // without SSLRequest: PostgreSQL 17, Aurora DSQL
};

struct NotEncrypted {
  bool lost = false;   // the connection ended: another may fare better
  std::string reason;  // what the server did, as in "it does not offer TLS"
  std::string detail;  // more of it, for the log only; may be empty
  std::string hint;    // what the operator can do, without a full stop; empty: nothing to say
};

class Encryption : public std::enable_shared_from_this<Encryption> {
 public:
  using Done = std::function<void(std::optional<NotEncrypted>)>;

  // `done` is called once, never from within start.
  static void start(net::Stream& stream, Tls tls, Done done);

  Encryption(net::Stream& stream, Tls tls, Done done);

 private:
  void request();
  void read_answer();
  void on_answer(std::size_t count);
  void shake_hands();
  void on_handshake(const std::optional<net::TlsFailure>& failure);
  void finish(std::optional<NotEncrypted> result);

  net::Stream& stream_;
  Tls tls_;
  Done done_;
  std::string to_server_;
  std::array<char, 1024> answer_;
};

}  // namespace occam::upstream
