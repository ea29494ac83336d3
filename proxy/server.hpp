// Listens, hands clients to the workers in turn, and ends in good order. Runs on the calling
// thread until a signal: SIGTERM or SIGINT drain (a second one ends at once), SIGHUP reads the
// configuration again. Knows sessions only through the workers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "rewriter/rewriter.hpp"

#include "proxy/net/stream.hpp"
#include "proxy/service.hpp"
#include "proxy/worker.hpp"

namespace occam {

class Server {
 public:
  // Makes the rewriter that new sessions use from now on, or returns null to keep the old one.
  using Reload = std::function<std::shared_ptr<rewriter::Rewriter>()>;

  // Throws std::runtime_error, with a sentence that says what to do, if it cannot listen.
  Server(Service& service, std::shared_ptr<rewriter::Rewriter> rewriter, Reload reload);
  ~Server();

  // Where clients connect, as host:port.
  std::string address() const;
  // For sessions that start from now on; before run().
  void use(const std::shared_ptr<rewriter::Rewriter>& rewriter);
  // Does on the serving thread what SIGHUP does, with `reload` in its place. From any thread.
  void reload_with(Reload reload);
  // Serves until it was told to end and all sessions are over.
  void run();

 private:
  using Acceptor = net::asio::basic_socket_acceptor<net::asio::ip::tcp, net::Executor>;

  void listen();
  void accept();
  void accept_again_later();
  void await_signal();
  void on_signal(int signal);
  void drain();
  void stop();
  void on_worker_idle();

  Service& service_;
  Reload reload_;
  net::asio::io_context io_;
  Acceptor acceptor_;
  net::asio::signal_set signals_;
  net::Timer timer_;  // a pause before the next accept, or the end of the drain
  std::vector<std::unique_ptr<Worker>> workers_;
  std::size_t next_ = 0;
  std::size_t busy_workers_ = 0;
  bool draining_ = false;
};

}  // namespace occam
