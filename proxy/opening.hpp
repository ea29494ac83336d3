// The start of one session: greet the client, over TLS if it is to be, check the limits, ask for
// its password, and make sure that the upstream takes its log-in, which is never by the client's
// password: by a connection of the pool's, unless another client's has shown it. Ends in what the
// session needs, or in a refusal that the client was told. Serves cancel requests too, since they
// come as a greeting. Knows no relay. Keeps itself alive while it works.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "proxy/challenge.hpp"
#include "proxy/database_inquiry.hpp"
#include "proxy/listener.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/observe/metrics.hpp"
#include "proxy/peer.hpp"
#include "proxy/pool/pool.hpp"
#include "proxy/service.hpp"
#include "proxy/wire/greeting.hpp"

namespace occam {

struct Opened {
  Seat seat;
  std::shared_ptr<pool::Account> account;
  relay::ReportedParameters parameters;                     // to be told to the client
  std::optional<rewriter::SettingChange> application_name;  // in place of the upstream's
  std::unique_ptr<pool::Connection> upstream;               // null: none was needed
};
// No session came of it.
struct NotOpened {
  std::optional<observe::ErrorKind> kind;  // nothing: a cancel request, or a client that left
  std::string reason;
  std::string last_words;  // to the client, once it is counted
};

class Opening : public std::enable_shared_from_this<Opening> {
 public:
  using Done = std::function<void(std::variant<Opened, NotOpened>)>;

  // `done` is called once. What the client has sent behind its greeting is given to `client`.
  Opening(Service& service, Listener& listener, pool::Pool& pool, std::shared_ptr<Peer> client,
          Done done);
  void start();
  // Ends it with this FATAL error, if it has not ended yet.
  void refuse(observe::ErrorKind kind, const char* code, const std::string& message);

 private:
  void refuse(observe::ErrorKind kind, const wire::backend::Error& error);
  void look_for_tls();
  void shake_hands(bool direct);
  void on_handshake(const std::optional<net::TlsFailure>& failure, bool direct);
  void read();
  void on_bytes(std::size_t count);
  void on_greeting(wire::Greeting::Verdict verdict);
  void admit();
  bool trusted() const;
  void challenge();
  void on_challenge(std::optional<Unproven> unproven);
  void deny(observe::ErrorKind kind, Unproven unproven);
  void deny_later(Unproven unproven);
  void log_in();
  void on_lease(std::variant<std::unique_ptr<pool::Connection>, pool::Failure> result);
  void wait();
  bool must_ask() const;
  void ask(std::unique_ptr<pool::Connection> connection);
  void on_seen(DatabaseInquiry::Seen seen);
  void succeed(relay::ReportedParameters parameters, std::unique_ptr<pool::Connection> upstream);
  void close(NotOpened result);

  Service& service_;
  Listener& listener_;
  pool::Pool& pool_;
  std::shared_ptr<Peer> client_;
  Done done_;  // empty once over
  net::Timer timer_;
  TlsRoles tls_;  // as they are when the client comes
  bool shaking_hands_ = false;
  wire::Greeting greeting_{wire::GreetingOptions{}};
  std::array<char, 4096> bytes_;
  std::string to_client_;
  std::optional<Seat> seat_;
  std::shared_ptr<Challenge> challenge_;  // while the client is asked for its password
  std::shared_ptr<pool::Account> account_;
  std::optional<std::string> application_name_;
  std::chrono::steady_clock::time_point deadline_;  // of the log-in's wait for a connection
  std::optional<pool::Ticket> ticket_;
  std::string schema_;                        // the client's database, if it is one
  SeenDatabases::Era asked_in_ = 0;           // when it was last asked for
  std::shared_ptr<DatabaseInquiry> inquiry_;  // while it is asked for
};

}  // namespace occam
