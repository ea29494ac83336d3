// What the pool lends, and to whom: one logged-in upstream connection, the login that makes
// connections interchangeable, and what a client is told that got none.
// Knows no sizes and no waiting. A connection belongs to the pool or, while leased, to one session.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "proxy/peer.hpp"
#include "proxy/pool/orders.hpp"
#include "proxy/relay/upstream_session.hpp"
#include "proxy/upstream/connector.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/login.hpp"

namespace occam::pool {

// What a client needs a connection to have been logged in with.
struct Login {
  std::string identity;  // equal for two logins if, and only if, their connections may be swapped
  upstream::Target target;
  wire::LoginRequest request;  // password and nonce are replaced for each connect
};

struct Connection {
  std::shared_ptr<Peer> peer;
  std::optional<wire::backend::BackendKeyData> key;
  relay::UpstreamSession session;
  std::string notices;          // of the log-in: whole messages for its first client
  std::uint32_t conflicts = 0;  // of the log-in, met and cleared
  TimePoint retires;            // when its lifetime has passed
  Slot slot = 0;                // the pool's own mark

  // Asked by who keeps it for long: give it back when this says no.
  bool may_stay(TimePoint now) const { return now < retires; }
};

struct Failure {
  enum class Kind {
    timed_out,  // the deadline passed; an ERROR that Temporal takes for no broken pool
    refused,    // the upstream does not want this login; its own ErrorResponse
  };
  Kind kind;
  std::string error;   // a whole ErrorResponse for the client
  std::string reason;  // one line for the log
};

}  // namespace occam::pool
