#include "proxy/server.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include "proxy/observe/log.hpp"

namespace occam {
namespace {

using config::LogLevel;

constexpr std::chrono::milliseconds accept_pause(100);

std::size_t thread_count(std::uint32_t wanted) {
  return wanted > 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

Server::Server(Service& service, std::shared_ptr<rewriter::Rewriter> rewriter, Reload reload)
    : service_(service),
      reload_(std::move(reload)),
      acceptor_(io_.get_executor()),
      signals_(io_, SIGTERM, SIGINT, SIGHUP),
      timer_(io_.get_executor()) {
  listen();
  for (std::size_t i = 0; i < thread_count(service.config.threads); ++i)
    workers_.push_back(std::make_unique<Worker>(
        service, rewriter, [this] { net::asio::post(io_, [this] { on_worker_idle(); }); }));
}

Server::~Server() = default;

void Server::listen() {
  const auto& [host, port] = service_.config.listen;
  const auto where = host + ":" + std::to_string(port);
  net::Error error;
  const auto address = net::asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) throw std::runtime_error("cannot listen on " + where + "; write a numeric address");
  const net::asio::ip::tcp::endpoint endpoint(address, port);
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(net::asio::socket_base::reuse_address(true));
  acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(net::asio::socket_base::max_listen_connections, error);
  if (error)
    throw std::runtime_error("cannot listen on " + where + ": " + error.message() +
                             "; choose another address with listen");
}

std::string Server::address() const { return net::endpoint_name(acceptor_.local_endpoint()); }

void Server::run() {
  busy_workers_ = workers_.size();
  for (const auto& worker : workers_) worker->start();
  await_signal();
  accept();
  io_.run();
  for (const auto& worker : workers_) worker->join();
}

void Server::use(const std::shared_ptr<rewriter::Rewriter>& rewriter) {
  if (!rewriter) return;
  for (const auto& worker : workers_) worker->use(rewriter);
}

void Server::reload_with(Reload reload) {
  net::asio::post(io_, [this, reload = std::move(reload)] { use(reload()); });
}

void Server::accept() {
  auto& worker = *workers_[next_++ % workers_.size()];
  acceptor_.async_accept(worker.executor(), [this, &worker](net::Error error, net::Socket client) {
    if (draining_) return;
    if (!error) {
      worker.adopt(std::move(client));
      return accept();
    }
    observe::log(LogLevel::warning, "client not accepted", {{"reason", error.message()}});
    accept_again_later();
  });
}

// Without file descriptors every accept fails at once: pause, so that sessions can end meanwhile.
void Server::accept_again_later() {
  timer_.expires_after(accept_pause);
  timer_.async_wait([this](net::Error error) {
    if (!error && !draining_) accept();
  });
}

void Server::await_signal() {
  signals_.async_wait([this](net::Error error, int signal) {
    if (error) return;
    on_signal(signal);
    await_signal();
  });
}

void Server::on_signal(int signal) {
  if (signal == SIGHUP) {
    use(reload_());
  } else if (draining_) {
    observe::log(LogLevel::warning, "second signal: ending at once");
    stop();
  } else {
    drain();
  }
}

void Server::drain() {
  draining_ = true;
  service_.draining = true;
  observe::log(LogLevel::info, "draining",
               {{"timeout", config::duration_text(service_.config.drain_timeout)}});
  net::Error ignored;
  acceptor_.close(ignored);
  timer_.expires_after(service_.config.drain_timeout);
  timer_.async_wait([this](net::Error error) {
    if (error) return;
    observe::log(LogLevel::warning, "drain timeout: ending open transactions");
    stop();
  });
  for (const auto& worker : workers_) worker->drain();
}

void Server::stop() {
  for (const auto& worker : workers_) worker->stop_sessions();
}

void Server::on_worker_idle() {
  if (--busy_workers_ == 0) io_.stop();
}

}  // namespace occam
