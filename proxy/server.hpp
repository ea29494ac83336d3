// Listens, hands clients to the workers in turn, and ends in good order. Runs on the calling
// thread until a signal: SIGTERM or SIGINT drain (a second one ends at once), SIGHUP reads the
// configuration again. Knows sessions only through the workers.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "proxy/net/stream.hpp"
#include "proxy/service.hpp"
#include "proxy/worker.hpp"

namespace occam {

class Server {
 public:
  using Reload = std::function<void()>;

  // `reload` is what SIGHUP does. Throws std::runtime_error, with a sentence that says what to do,
  // if it cannot listen.
  Server(Service& service, Reload reload);
  ~Server();

  // The listeners' names, and where their clients connect, as host:port.
  std::vector<std::pair<std::string, std::string>> addresses() const;
  // Serves until it was told to end and all sessions are over.
  void run();

 private:
  // One listener's door.
  struct Door {
    Door(Listener& opened, net::Executor executor)
        : listener(opened), acceptor(executor), timer(executor) {}
    Listener& listener;
    net::asio::basic_socket_acceptor<net::asio::ip::tcp, net::Executor> acceptor;
    net::Timer timer;  // a pause before the next accept
  };

  static void listen(Door& door);
  void accept(Door& door);
  void accept_again_later(Door& door);
  void await_signal();
  void on_signal(int signal);
  void drain();
  void stop();
  void on_worker_idle();

  Service& service_;
  Reload reload_;
  net::asio::io_context io_;
  std::deque<Door> doors_;  // in the order of the service's listeners
  net::asio::signal_set signals_;
  net::Timer drain_timer_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::size_t next_ = 0;
  std::size_t busy_workers_ = 0;
  bool draining_ = false;
};

}  // namespace occam
