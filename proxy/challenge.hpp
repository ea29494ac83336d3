// Asks one client to prove that it knows its password, and says whether it did. Reads and writes
// for wire::Authentication and decides nothing; while it lasts the peer is its, and admits short
// messages only. How long a refusal waits is the owner's to say, since it holds the client's seat.
// Keeps itself alive while it works.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "proxy/peer.hpp"
#include "proxy/wire/authentication.hpp"

namespace occam {

// The client did not prove who it is.
struct Unproven {
  enum class Kind { left, guessed, broken };
  Kind kind = Kind::left;
  std::string error;   // a whole ErrorResponse; empty if it left
  std::string reason;  // one line for the log
};

class Challenge final : public std::enable_shared_from_this<Challenge>, private Peer::Owner {
 public:
  // Called once, with nothing if the client has proved itself; perhaps from within start. Not
  // called if the peer is parted with before.
  using Done = std::function<void(std::optional<Unproven>)>;

  Challenge(std::shared_ptr<Peer> client, wire::Authentication authentication, Done done);
  void start();

 private:
  void on_read(Peer& peer, net::Error error) override;
  void on_written(Peer&) override {}
  void go_on();
  wire::Authentication::Verdict answer();
  void end(std::optional<Unproven> unproven);

  std::shared_ptr<Peer> client_;
  wire::Authentication authentication_;
  wire::FrameLimits limits_;  // of the peer, before and after
  std::string to_client_;
  Done done_;
};

}  // namespace occam
