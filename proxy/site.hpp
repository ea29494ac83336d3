// Where the sessions of one listener live on one thread: what they all use, in one place, so that
// each of them keeps one reference. Outlives them; only the thread uses it.
#pragma once

#include <functional>

#include "proxy/listener.hpp"
#include "proxy/pool/pool.hpp"
#include "proxy/relay_stock.hpp"
#include "proxy/service.hpp"

namespace occam {

class Session;

struct Site {
  Service& service;
  Listener& listener;
  RelayStock& relays;  // of the thread
  pool::Pool& pool;
  // Called once for each session, when nothing is left to do for its client.
  std::function<void(Session&)> on_over;
};

}  // namespace occam
