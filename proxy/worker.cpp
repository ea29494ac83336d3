#include "proxy/worker.hpp"

#include <exception>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "proxy/observe/log.hpp"
#include "proxy/session.hpp"

namespace occam {

namespace {

pool::Policy policy(const config::Listener& listener, std::uint32_t number, std::uint32_t workers) {
  const auto& chosen = listener.pool;
  pool::Policy policy;
  policy.connections = pool::share(chosen.connections, number, workers);
  policy.reserve = pool::share(chosen.reserve, number, workers);
  policy.lifetime = chosen.lifetime;
  policy.lifetime_jitter = chosen.lifetime_jitter;
  policy.idle_timeout = chosen.idle_timeout;
  policy.health_check = chosen.health_check;
  policy.answer_timeout = listener.upstream.connect_timeout;
  return policy;
}

observe::ConnectResult connect_result(upstream::FailureKind kind) {
  switch (kind) {
    case upstream::FailureKind::unreachable:
      return observe::ConnectResult::unreachable;
    case upstream::FailureKind::timeout:
      return observe::ConnectResult::timeout;
    case upstream::FailureKind::tls:
      return observe::ConnectResult::tls;
    case upstream::FailureKind::refused:
      return observe::ConnectResult::refused;
  }
  return observe::ConnectResult::unreachable;
}

pool::Reports reports(Service& service, const Listener& listener) {
  return {[&service] { service.metrics.upstream_connected(observe::ConnectResult::ok); },
          [&service, &listener](upstream::FailureKind kind, const std::string& reason) {
            service.metrics.upstream_connected(connect_result(kind));
            observe::log(config::LogLevel::warning, "upstream connect failed",
                         {{"listener", listener.config.name}, {"reason", reason}});
          }};
}

}  // namespace

// One thread runs it: Asio need not lock for its own turns.
Worker::Worker(Service& service, std::uint32_t number, std::uint32_t workers,
               std::function<void()> on_idle)
    : service_(service),
      on_idle_(std::move(on_idle)),
      relays_(service.relay, service.budget),
      io_(1),
      work_(io_.get_executor()) {
  for (auto& listener : service.listeners) {
    auto& pool = pools_.emplace_back(
        io_.get_executor(), policy(listener.config, number, workers), listener.connect_budget,
        listener.tokens ? passwords(*listener.tokens, io_.get_executor()) : pool::Passwords(),
        reports(service, listener));
    sites_.push_back({service, listener, relays_, pool, [this](Session& over) { on_over(over); }});
  }
}

Worker::~Worker() { join(); }

void Worker::start() {
  thread_ = std::thread([this] { run(); });
}

// Sessions meet their errors themselves. What is left is want of memory while a client arrives:
// it costs that client, not the others.
void Worker::run() {
  for (;;) {
    try {
      io_.run();
      return;
    } catch (const std::exception& error) {
      service_.metrics.session_failed(observe::ErrorKind::internal);
      observe::log(config::LogLevel::error, "client dropped", {{"reason", error.what()}});
    }
  }
}

void Worker::adopt(net::Socket client, Listener& listener) {
  net::asio::post(io_, [this, client = std::move(client), &listener]() mutable {
    auto session = std::make_shared<Session>(sites_[listener.number], std::move(client));
    sessions_.insert(session);
    session->start();
    if (draining_) session->drain();
  });
}

void Worker::drain() {
  net::asio::post(io_, [this] {
    draining_ = true;
    for (auto& pool : pools_) pool.drain();
    if (sessions_.empty()) return on_idle_();
    const auto all = sessions_;  // a session that ends leaves the set
    for (const auto& session : all) session->drain();
  });
}

void Worker::stop_sessions() {
  net::asio::post(io_, [this] {
    const auto all = sessions_;
    for (const auto& session : all) session->stop();
  });
}

void Worker::on_over(Session& session) {
  sessions_.erase(session.shared_from_this());
  if (draining_ && sessions_.empty()) on_idle_();
}

void Worker::join() {
  if (!thread_.joinable()) return;
  io_.stop();
  thread_.join();
}

}  // namespace occam
