// The pages for machines, over HTTP on an address of its own: /metrics (Prometheus text), /healthz
// (the process answers) and /readyz (new clients are welcome). Stays up while Occam drains. Knows
// what is collected, not who counts. Owns its thread, so that a slow reader delays no client.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/units.hpp"

#include "proxy/observe/metrics.hpp"

namespace occam::observe {

class Admin {
 public:
  // `metrics` outlives it; `is_ready` is called from its thread. Throws std::runtime_error, with a
  // sentence that says what to do, if it cannot listen.
  Admin(const config::Address& listen, const Metrics& metrics, std::function<bool()> is_ready);
  ~Admin();

  // Where it listens, as host:port; the port that was found for port 0.
  const std::string& address() const;

 private:
  class Pages;
  std::unique_ptr<Pages> pages_;
};

}  // namespace occam::observe
