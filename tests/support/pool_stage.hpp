// A pool and its server on one executor, and what a session does with them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <catch2/catch.hpp>

#include "proxy/pool/pool.hpp"

#include "tests/support/loopback_upstream.hpp"

namespace occam::pool {

using Result = std::variant<std::unique_ptr<Connection>, Failure>;

// A session that has given its connection back must hear no more of it.
struct FormerOwner final : Peer::Owner {
  void on_read(Peer&, net::Error) override { FAIL_CHECK("a session heard of what is the pool's"); }
  void on_written(Peer&) override {}
};

struct Stage {
  net::asio::io_context io;
  LoopbackUpstream server{io.get_executor()};
  SharedConnectBudget budget{1000, 1000};
  Policy policy;
  Passwords passwords;
  int opened = 0;  // as reported
  std::vector<std::string> failures;
  std::optional<Pool> pool;
  std::shared_ptr<Account> account;
  std::shared_ptr<FormerOwner> session = std::make_shared<FormerOwner>();

  Stage() {
    policy.connections = 3;
    policy.reserve = 0;
    policy.backoff_first = std::chrono::milliseconds(1);
    policy.backoff_cap = std::chrono::milliseconds(5);
    policy.refusal_cap = std::chrono::milliseconds(5);
  }
  void start() {
    pool.emplace(io.get_executor(), policy, budget, passwords,
                 Reports{[this] { ++opened; },
                         [this](upstream::FailureKind, const std::string& reason) {
                           failures.push_back(reason);
                         }});
    account = pool->account(login("one"));
  }
  Login login(const std::string& identity) {
    Login login;
    login.identity = identity;
    login.target.host = "127.0.0.1";
    login.target.port = server.port();
    login.request.user = "somebody";
    login.request.password = "static";
    return login;
  }
  template <class Event>
  void until(Event happened) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!happened()) {
      io.run_one_until(end);
      REQUIRE(std::chrono::steady_clock::now() < end);
    }
  }
  // Whatever is under way, but nothing that waits for the clock.
  void settle() {
    io.restart();
    while (io.poll_one() > 0) continue;
  }
  Ticket wait(std::optional<Result>& result, Duration patience = std::chrono::seconds(10)) {
    return pool->wait(*account, std::chrono::steady_clock::now() + patience,
                      [&result](Result got) { result.emplace(std::move(got)); });
  }
  std::unique_ptr<Connection> get() {
    auto connection = pool->take(*account);
    if (!connection) {
      std::optional<Result> result;
      wait(result);
      REQUIRE_FALSE(result);  // never from within
      until([&] { return result.has_value(); });
      connection = got(*result);
    }
    connection->peer->belong_to(session);
    return connection;
  }
  static std::unique_ptr<Connection> got(Result& result) {
    REQUIRE(std::holds_alternative<std::unique_ptr<Connection>>(result));
    return std::get<std::unique_ptr<Connection>>(std::move(result));
  }
  void give_back(std::unique_ptr<Connection> connection, Condition condition = Condition::clean) {
    pool->give_back(std::move(connection), condition);
  }
  std::uint64_t closed(CloseReason reason) {
    return pool->counts().closed[static_cast<std::size_t>(reason)];
  }
};

inline std::string error(const std::string& code, const std::string& message) {
  std::string bytes;
  wire::backend::append_error(bytes, {"FATAL", code, message, "", ""});
  return bytes;
}

inline wire::backend::Error decoded(const Failure& failure) {
  return wire::backend::decode_error(std::string_view(failure.error).substr(wire::header_bytes));
}

}  // namespace occam::pool
