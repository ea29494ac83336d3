// The start of one session: greet the client, check the limits, log in to the upstream in its
// name. Ends in a pair of connections, or in a refusal that the client was told. Serves cancel
// requests too, since they come as a greeting. Knows no relay. Keeps itself alive while it works.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "proxy/listener.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/observe/metrics.hpp"
#include "proxy/peer.hpp"
#include "proxy/service.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/wire/greeting.hpp"

namespace occam {

struct Opened {
  Seat seat;
  wire::Startup startup;
  upstream::Connected upstream;
};
// No session came of it; the client was answered.
struct NotOpened {
  std::optional<observe::ErrorKind> kind;  // nothing: a cancel request, or a client that left
  std::string reason;
};

observe::ErrorKind error_kind(upstream::FailureKind kind);
observe::ConnectResult connect_result(upstream::FailureKind kind);

class Opening : public std::enable_shared_from_this<Opening> {
 public:
  using Done = std::function<void(std::variant<Opened, NotOpened>)>;

  // `done` is called once. What the client has sent behind its greeting is given to `client`.
  Opening(Service& service, const Listener& listener, std::shared_ptr<Peer> client, Done done);
  void start();
  // Ends it with this FATAL error, if it has not ended yet.
  void refuse(observe::ErrorKind kind, const char* code, const std::string& message);

 private:
  void refuse(observe::ErrorKind kind, const wire::backend::Error& error);
  void read();
  void on_bytes(std::size_t count);
  void on_greeting(wire::Greeting::Verdict verdict);
  void connect();
  void on_upstream(upstream::Outcome outcome);
  void close(NotOpened result);

  Service& service_;
  const Listener& listener_;
  std::shared_ptr<Peer> client_;
  Done done_;  // empty once over
  net::Timer timer_;
  wire::Greeting greeting_{wire::GreetingOptions{}};
  std::array<char, 4096> bytes_;
  std::string to_client_;
  std::optional<Seat> seat_;
  std::shared_ptr<upstream::Connector> connector_;
};

}  // namespace occam
