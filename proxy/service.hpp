// What every session of the process shares, and where its settings are. Lives longer than any
// session; everything in it may be used from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "config/config.hpp"

#include "proxy/cancel_keys.hpp"
#include "proxy/listener.hpp"
#include "proxy/observe/fact_log.hpp"
#include "proxy/observe/metrics.hpp"
#include "proxy/relay/journal.hpp"
#include "proxy/relay/relay.hpp"
#include "proxy/settings.hpp"

namespace occam {

// A client's place among limits.clients, given back when it is destroyed.
class Seat {
 public:
  // Nothing if all are taken.
  static std::optional<Seat> take(std::atomic<std::uint32_t>& taken, std::uint32_t limit);

 private:
  struct GiveBack {
    void operator()(std::atomic<std::uint32_t>* taken) const { taken->fetch_sub(1); }
  };
  explicit Seat(std::atomic<std::uint32_t>& taken) : taken_(&taken) {}
  std::unique_ptr<std::atomic<std::uint32_t>, GiveBack> taken_;
};

struct Service {
  explicit Service(const Settings& chosen);

  const config::Config config;
  std::deque<Listener> listeners;  // in the configuration's order
  const relay::Settings relay;
  relay::Budget budget;
  CancelKeys cancel_keys;
  observe::Metrics metrics;
  observe::FactLog fact_log;
  std::atomic<std::uint32_t> seats_taken = 0;
  std::atomic<bool> draining = false;  // no new clients
};

}  // namespace occam
