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

// Each thread must have a connection to lend.
std::uint32_t thread_count(const config::Config& config) {
  auto count =
      config.threads > 0 ? config.threads : std::max(1U, std::thread::hardware_concurrency());
  for (const auto& listener : config.listeners) count = std::min(count, listener.pool.connections);
  return count;
}

}  // namespace

Server::Server(Service& service, Reload reload)
    : service_(service),
      reload_(std::move(reload)),
      signals_(io_, SIGTERM, SIGINT, SIGHUP),
      drain_timer_(io_.get_executor()) {
  for (auto& listener : service.listeners)
    listen(doors_.emplace_back(listener, io_.get_executor()));
  const auto threads = thread_count(service.config);
  for (std::uint32_t i = 0; i < threads; ++i)
    workers_.push_back(std::make_unique<Worker>(
        service, i, threads, [this] { net::asio::post(io_, [this] { on_worker_idle(); }); }));
}

Server::~Server() = default;

void Server::listen(Door& door) {
  auto& acceptor = door.acceptor;
  const auto& [host, port] = door.listener.config.listen;
  const auto where = host + ":" + std::to_string(port);
  net::Error error;
  const auto address = net::asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) throw std::runtime_error("cannot listen on " + where + "; write a numeric address");
  const net::asio::ip::tcp::endpoint endpoint(address, port);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(net::asio::socket_base::reuse_address(true));
  acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(net::asio::socket_base::max_listen_connections, error);
  if (error)
    throw std::runtime_error("cannot listen on " + where + ": " + error.message() +
                             "; choose another address with listen");
}

std::vector<std::pair<std::string, std::string>> Server::addresses() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& door : doors_)
    all.emplace_back(door.listener.config.name, net::endpoint_name(door.acceptor.local_endpoint()));
  return all;
}

void Server::run() {
  busy_workers_ = workers_.size();
  for (const auto& worker : workers_) worker->start();
  await_signal();
  for (auto& door : doors_) accept(door);
  io_.run();
  for (const auto& worker : workers_) worker->join();
}

void Server::accept(Door& door) {
  auto& worker = *workers_[next_++ % workers_.size()];
  door.acceptor.async_accept(
      worker.executor(), [this, &door, &worker](net::Error error, net::Socket client) {
        if (draining_) return;
        if (!error) {
          worker.adopt(std::move(client), door.listener);
          return accept(door);
        }
        observe::log(LogLevel::warning, "client not accepted", {{"reason", error.message()}});
        accept_again_later(door);
      });
}

// Without file descriptors every accept fails at once: pause, so that sessions can end meanwhile.
void Server::accept_again_later(Door& door) {
  door.timer.expires_after(accept_pause);
  door.timer.async_wait([this, &door](net::Error error) {
    if (!error && !draining_) accept(door);
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
    reload_();
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
  for (auto& door : doors_) {
    net::Error ignored;
    door.acceptor.close(ignored);
    door.timer.cancel();
  }
  drain_timer_.expires_after(service_.config.drain_timeout);
  drain_timer_.async_wait([this](net::Error error) {
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
