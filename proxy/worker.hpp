// One thread with its own io_context, the sessions that live on it, which never move to another,
// and its share of the upstream connections.
// What it is asked from outside is posted to the thread. Knows nothing of listening and signals.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_set>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "proxy/listener.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/pool/pool.hpp"
#include "proxy/relay_stock.hpp"
#include "proxy/service.hpp"
#include "proxy/site.hpp"

namespace occam {

class Worker {
 public:
  // `on_idle` is called from the worker's thread, after drain, when its last session is over.
  // One of `workers`, from 0 on.
  Worker(Service& service, std::uint32_t number, std::uint32_t workers,
         std::function<void()> on_idle);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  net::Executor executor() { return io_.get_executor(); }
  void start();
  // All of these may be called from any thread.
  void adopt(net::Socket client, Listener& listener);
  void drain();
  void stop_sessions();
  // Ends the thread; sessions that are still there are dropped.
  void join();

 private:
  void run();
  void on_over(Session& session);

  Service& service_;
  std::function<void()> on_idle_;
  // Outlive the sessions, of which io_ may keep some to its own end.
  RelayStock relays_;
  std::deque<Site> sites_;  // by listener
  net::asio::io_context io_;
  net::asio::executor_work_guard<net::Executor> work_;
  std::deque<pool::Pool> pools_;  // by listener
  std::unordered_set<std::shared_ptr<Session>> sessions_;
  bool draining_ = false;
  std::thread thread_;
};

}  // namespace occam
