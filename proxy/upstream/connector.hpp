// Opens one logged-in connection to the upstream: resolve, connect, encrypt, log in by wire::Login,
// look for the schema of the client's database, all under one deadline. Asynchronous and
// cancellable at every step. Knows no client and no relay. Keeps itself alive while it works; what
// it opened is the receiver's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "proxy/net/stream.hpp"
#include "proxy/upstream/database_schema.hpp"
#include "proxy/upstream/encryption.hpp"
#include "proxy/wire/frame.hpp"
#include "proxy/wire/login.hpp"

namespace occam::upstream {

struct Target {
  std::string host;
  std::uint16_t port = 0;
  std::function<Tls()> tls;  // asked for each connection: files are read again; empty: plaintext
  std::chrono::milliseconds timeout{5000};  // from the first step to ReadyForQuery
  wire::FrameLimits frames;
  std::string schema;  // must exist: the client's database; empty: nothing to look for
};

// A connection that has said ReadyForQuery. `framer` may hold bytes that came behind it.
struct Connected {
  net::Stream stream;
  wire::Framer framer;
  wire::Parameters parameters;
  std::optional<wire::backend::BackendKeyData> key;
  std::string notices;          // whole NoticeResponse messages for the client
  std::uint32_t conflicts = 0;  // met and cleared on the way
};

enum class FailureKind { unreachable, timeout, tls, refused };
const char* name(FailureKind kind);

struct Failure {
  FailureKind kind;
  std::string error;   // a whole ErrorResponse for the client: the server's own, or Occam's
  std::string reason;  // one line for the log
};

using Outcome = std::variant<Connected, Failure>;

class Connector : public std::enable_shared_from_this<Connector> {
 public:
  using Done = std::function<void(Outcome)>;

  // `done` is called once, never from within start, unless cancel comes first.
  static std::shared_ptr<Connector> start(net::Executor executor, const Target& target,
                                          wire::LoginRequest request, Done done);
  // Gives up; `done` will not be called.
  void cancel();

  Connector(net::Executor executor, const Target& target, wire::LoginRequest request, Done done);

 private:
  using Tcp = net::asio::ip::tcp;
  using Resolver = net::asio::ip::basic_resolver<Tcp, net::Executor>;

  void begin();
  void resolve();
  template <class Endpoints>
  void connect(const Endpoints& endpoints);
  void encrypt();
  void log_in();
  void send();
  void read();
  void on_bytes();
  void on_login_frame(const wire::Frame& frame);
  void on_schema_frame(const wire::Frame& frame);
  void hand_over();
  void refused();
  void not_encrypted(const NotEncrypted& failure);
  void fail(FailureKind kind, const std::string& what);
  void report(Outcome outcome);
  std::string where() const;

  Target target_;
  Resolver resolver_;
  net::Timer timer_;
  net::Socket socket_;
  std::optional<net::Stream> stream_;
  wire::Framer framer_;
  wire::Login login_;
  std::optional<DatabaseSchema> schema_;  // once logged in, until it is found
  bool over_ = false;                     // handed over, or refused
  std::string to_server_;
  Done done_;  // empty once over
};

}  // namespace occam::upstream
