// The relays of one worker thread that no client needs now, and the one Output that all of its
// relays write to: every event's orders are carried out before the next event comes. Thus a client
// between two transactions holds neither, and a warm thread makes none. Knows no session. Belongs
// to one thread; outlives its sessions.
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "proxy/relay/relay.hpp"

namespace occam {

class RelayStock {
 public:
  RelayStock(const relay::Settings& settings, relay::Budget& budget)
      : settings_(settings), budget_(budget) {}

  std::unique_ptr<relay::Relay> take(relay::ClientSession& client);
  // Only one that may rest.
  void give_back(std::unique_ptr<relay::Relay> relay);

  relay::Output& output() { return output_; }

 private:
  const relay::Settings& settings_;
  relay::Budget& budget_;
  std::random_device random_;
  std::vector<std::unique_ptr<relay::Relay>> spare_;
  relay::Output output_;
};

}  // namespace occam
