// The pool's shell against a server on loopback: what clients get, and what the server hears.
#include "proxy/pool/pool.hpp"

#include <catch2/catch.hpp>

#include "tests/support/loopback_upstream.hpp"

namespace occam::pool {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using Result = std::variant<std::unique_ptr<Connection>, Failure>;

struct Stage {
  net::asio::io_context io;
  LoopbackUpstream server{io.get_executor()};
  SharedConnectBudget budget{1000, 1000};
  Policy policy;
  Passwords passwords;
  std::vector<std::string> log;
  std::optional<Pool> pool;
  std::shared_ptr<Account> account;

  Stage() {
    policy.connections = 3;
    policy.reserve = 0;
    policy.backoff_first = milliseconds(1);
    policy.backoff_cap = milliseconds(5);
    policy.refusal_cap = milliseconds(5);
  }
  void start() {
    pool.emplace(io.get_executor(), policy, budget, passwords,
                 Reports{[] {}, [this](upstream::FailureKind,
                                       const std::string& reason) { log.push_back(reason); }});
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
    const auto end = std::chrono::steady_clock::now() + seconds(20);
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
  Ticket wait(std::optional<Result>& result, Duration patience = seconds(10)) {
    return pool->wait(*account, std::chrono::steady_clock::now() + patience,
                      [&result](Result got) { result.emplace(std::move(got)); });
  }
  std::unique_ptr<Connection> get() {
    if (auto connection = pool->take(*account)) return connection;
    std::optional<Result> result;
    wait(result);
    REQUIRE_FALSE(result);  // never from within
    until([&] { return result.has_value(); });
    REQUIRE(std::holds_alternative<std::unique_ptr<Connection>>(*result));
    return std::get<std::unique_ptr<Connection>>(std::move(*result));
  }
  void give_back(std::unique_ptr<Connection> connection, Condition condition = Condition::clean) {
    pool->give_back(std::move(connection), condition);
  }
  std::uint64_t closed(CloseReason reason) {
    return pool->counts().closed[static_cast<std::size_t>(reason)];
  }
};

std::string error(const std::string& code, const std::string& message) {
  std::string bytes;
  wire::backend::append_error(bytes, {"FATAL", code, message, "", ""});
  return bytes;
}

wire::backend::Error decoded(const Failure& failure) {
  return wire::backend::decode_error(std::string_view(failure.error).substr(wire::header_bytes));
}

TEST_CASE("pool: a connection is opened for who waits, and lent again without a word") {
  Stage stage;
  stage.start();
  CHECK_FALSE(stage.pool->known_parameters(*stage.account));
  CHECK_FALSE(stage.pool->take(*stage.account));
  auto connection = stage.get();
  REQUIRE(connection);
  CHECK(connection->key->secret == 2);
  CHECK(connection->may_stay(std::chrono::steady_clock::now()));
  REQUIRE(stage.pool->known_parameters(*stage.account));
  CHECK(stage.pool->known_parameters(*stage.account)->values().at("server_version") == "16.15");
  const auto* peer = connection->peer.get();
  stage.give_back(std::move(connection));
  connection = stage.pool->take(*stage.account);
  REQUIRE(connection);
  CHECK(connection->peer.get() == peer);
  CHECK(stage.server.clients.size() == 1);
  CHECK(stage.server.clients[0]->queries.empty());
  CHECK(stage.pool->counts().opened == 1);
  CHECK(stage.pool->counts().now.leased == 1);
  stage.give_back(std::move(connection));
}

TEST_CASE("pool: one account for one identity; what nobody keeps is forgotten") {
  Stage stage;
  stage.start();
  CHECK(stage.pool->account(stage.login("one")) == stage.account);
  const auto other = stage.pool->account(stage.login("other"));
  CHECK(other != stage.account);
  std::weak_ptr<Account> gone = stage.pool->account(stage.login("gone"));
  CHECK_FALSE(gone.expired());
  const auto next = stage.pool->account(stage.login("next"));
  CHECK(gone.expired());
  // One with a connection stays, though nobody keeps it.
  std::weak_ptr<Account> used = stage.account;
  stage.give_back(stage.get());
  stage.account.reset();
  const auto last = stage.pool->account(stage.login("last"));
  CHECK_FALSE(used.expired());
}

TEST_CASE("pool: a transaction that was left open is rolled back before the next client") {
  Stage stage;
  stage.policy.connections = 1;
  stage.start();
  stage.give_back(stage.get(), Condition::in_transaction);
  CHECK_FALSE(stage.pool->take(*stage.account));
  auto connection = stage.get();
  CHECK(stage.server.clients.size() == 1);
  CHECK(stage.server.clients[0]->queries == std::vector<std::string>{"ROLLBACK"});
  CHECK(stage.pool->counts().rolled_back == 1);
  stage.give_back(std::move(connection));
}

TEST_CASE("pool: a connection that ends while nobody has it is seen by nobody") {
  Stage stage;
  stage.start();
  stage.give_back(stage.get());
  std::string last_words;
  SECTION("it is cut") {}
  SECTION("it says why") { last_words = error("57P01", "terminating connection"); }
  SECTION("it talks nonsense") { last_words = "Zzzzz"; }
  SECTION("it answers what was not asked") {
    wire::backend::append_command_complete(last_words, "SELECT 1");
  }
  auto& client = *stage.server.clients[0];
  client.send(last_words);
  if (last_words.empty()) client.cut();
  stage.until([&] { return stage.closed(CloseReason::lost) == 1; });
  CHECK_FALSE(stage.pool->take(*stage.account));
  stage.give_back(stage.get());
  CHECK(stage.server.clients.size() == 2);
}

TEST_CASE("pool: after a loss, one that has ended too is not lent though nothing was read yet") {
  Stage stage;
  stage.start();
  auto first = stage.get();
  auto second = stage.get();
  stage.give_back(std::move(first));
  for (const auto& client : stage.server.clients) client->cut();
  stage.give_back(std::move(second), Condition::broken);
  CHECK_FALSE(stage.pool->take(*stage.account));
  CHECK(stage.closed(CloseReason::lost) == 1);
  CHECK(stage.closed(CloseReason::broken) == 1);
}

TEST_CASE("pool: notices and new parameters of an idle connection are no end of it") {
  Stage stage;
  stage.start();
  stage.give_back(stage.get());
  std::string talk;
  wire::backend::append_notice(talk, {"NOTICE", "00000", "hello", "", ""});
  wire::backend::append_parameter_status(talk, {"server_version", "17.0"});
  wire::backend::append_parameter_status(talk, {"is_superuser", "off"});
  stage.server.clients[0]->send(talk);
  std::unique_ptr<Connection> connection;
  stage.until([&] {
    connection = stage.pool->take(*stage.account);
    REQUIRE(connection);
    const bool told = connection->session.parameters.values().size() == 2;
    if (!told) stage.give_back(std::move(connection));
    return told;
  });
  CHECK(connection->session.parameters.values().at("server_version") == "17.0");
  stage.give_back(std::move(connection));
}

TEST_CASE("pool: what was not used for long is asked whether it is there") {
  Stage stage;
  stage.policy.health_check = milliseconds(1);
  stage.policy.answer_timeout = milliseconds(50);
  stage.start();
  stage.give_back(stage.get());
  SECTION("and stays if it answers") {
    auto& queries = stage.server.clients[0]->queries;
    stage.until([&] { return queries.size() >= 3; });
    for (const auto& query : queries) CHECK(query.empty());
    CHECK(stage.closed(CloseReason::lost) == 0);
  }
  SECTION("and goes if it does not") {
    stage.server.mute = true;
    stage.until([&] { return stage.closed(CloseReason::lost) == 1; });
    CHECK(stage.pool->counts().health_questions >= 1);
  }
}

TEST_CASE("pool: who waits too long is told why, in words that no driver takes for a lost server") {
  Stage stage;
  stage.policy.connections = 1;
  stage.start();
  std::optional<Result> result;
  std::unique_ptr<Connection> kept;
  std::string message;
  std::string code = "53300";
  SECTION("all are in use") {
    kept = stage.get();
    stage.wait(result, milliseconds(20));
    message = "all 1 of this thread are in use";
  }
  SECTION("nobody answers there") {
    stage.server.stop();
    stage.wait(result, milliseconds(20));
    message = "Connection refused";
    code = "08006";
  }
  SECTION("the cluster wakes up") {
    stage.server.refuse = [](const auto&) {
      return error("57P03", "unable to accept connection, waking up cluster, please retry later");
    };
    stage.wait(result, milliseconds(50));
    message = "waking up cluster";
    code = "08006";
  }
  stage.until([&] { return result.has_value(); });
  const auto& failure = std::get<Failure>(*result);
  CHECK(failure.kind == Failure::Kind::timed_out);
  CHECK(decoded(failure).severity == "ERROR");
  CHECK(decoded(failure).code == code);
  CHECK(decoded(failure).message == failure.reason);
  CHECK(failure.reason.starts_with("no upstream connection within "));
  CHECK_THAT(failure.reason, Catch::Contains(message));
  CHECK_THAT(std::string(decoded(failure).hint), Catch::Contains("pool.wait"));
  CHECK(stage.pool->counts().timed_out == 1);
  if (kept) stage.give_back(std::move(kept));
}

TEST_CASE("pool: what passes is waited for") {
  Stage stage;
  stage.start();
  int refused = 0;
  stage.server.refuse = [&refused](const auto&) {
    constexpr std::array codes{"53300", "53400", "57P03", "XX000"};
    return refused < 4 ? error(codes.at(static_cast<std::size_t>(refused++)), "later") : "";
  };
  auto connection = stage.get();
  CHECK(refused == 4);
  CHECK(stage.log.size() == 4);
  CHECK(stage.pool->counts().failed[static_cast<std::size_t>(upstream::FailureKind::refused)] == 4);
  stage.give_back(std::move(connection));
}

TEST_CASE("pool: a refused login is told at once, in the server's own words") {
  Stage stage;
  stage.start();
  const auto words = error("3D000", "database \"nowhere\" does not exist");
  stage.server.refuse = [&words](const auto&) { return words; };
  std::optional<Result> one;
  std::optional<Result> other;
  stage.wait(one);
  stage.wait(other);
  stage.until([&] { return one && other; });
  CHECK(std::get<Failure>(*one).kind == Failure::Kind::refused);
  CHECK(std::get<Failure>(*one).error == words);
  CHECK(std::get<Failure>(*other).error == words);
}

TEST_CASE("pool: each connect has its own password, and a refused one is tried afresh once") {
  Stage stage;
  stage.server.password = true;
  int asked = 0;
  int rejected = 0;
  stage.passwords.ask = [&](const wire::LoginRequest& request, Passwords::Answer answer) {
    CHECK(request.user == "somebody");
    answer(std::variant<std::string, std::string>(std::in_place_index<0>,
                                                  "token " + std::to_string(++asked)));
  };
  stage.passwords.rejected = [&](const wire::LoginRequest&) { ++rejected; };
  stage.start();
  SECTION("the fresh one is good") {
    stage.server.refuse = [](const auto& client) {
      return client.password == "token 1" ? error("28000", "Signature expired") : "";
    };
    stage.give_back(stage.get());
    CHECK(asked == 2);
    CHECK(stage.server.clients[1]->password == "token 2");
  }
  SECTION("the fresh one is refused too") {
    stage.server.refuse = [](const auto&) { return error("28000", "access denied"); };
    std::optional<Result> result;
    stage.wait(result);
    stage.until([&] { return result.has_value(); });
    CHECK(std::get<Failure>(*result).kind == Failure::Kind::refused);
    CHECK(asked == 2);
  }
  CHECK(rejected == 1);
}

TEST_CASE("pool: without a password nobody connects, and who waits learns why") {
  Stage stage;
  stage.passwords.ask = [](const wire::LoginRequest&, Passwords::Answer answer) {
    answer(std::variant<std::string, std::string>(std::in_place_index<1>, "no credentials found"));
  };
  stage.start();
  std::optional<Result> result;
  stage.wait(result, milliseconds(20));
  stage.until([&] { return result.has_value(); });
  CHECK_THAT(std::get<Failure>(*result).reason, Catch::Contains("no credentials found"));
  CHECK(stage.server.clients.empty());
  CHECK(stage.pool->counts().no_password >= 1);
}

TEST_CASE("pool: a client that left is told nothing, and what was meant for it goes to the next") {
  Stage stage;
  stage.policy.connections = 1;
  stage.start();
  auto connection = stage.get();
  std::optional<Result> first;
  std::optional<Result> second;
  std::optional<Result> third;
  const auto early = stage.wait(first);
  const auto served = stage.wait(second);
  stage.wait(third);
  stage.pool->leave(early);
  stage.give_back(std::move(connection));  // decided, but not told
  stage.pool->leave(served);
  stage.pool->leave(served);  // twice is harmless
  stage.until([&] { return third.has_value(); });
  CHECK_FALSE(first);
  CHECK_FALSE(second);
  stage.give_back(std::get<std::unique_ptr<Connection>>(std::move(*third)));
  CHECK(stage.server.clients.size() == 1);
}

TEST_CASE("pool: drained, it says goodbye to the server") {
  Stage stage;
  stage.start();
  auto kept = stage.get();
  stage.give_back(stage.get());
  stage.pool->drain();
  stage.give_back(std::move(kept));
  CHECK(stage.closed(CloseReason::drain) == 2);
  stage.until(
      [&] { return stage.server.clients[0]->terminated && stage.server.clients[1]->terminated; });
}

TEST_CASE("pool: gone with connections idle, lent, meant for somebody and on their way") {
  Stage stage;
  stage.start();
  auto lent = stage.get();
  auto meant = stage.get();
  std::optional<Result> result;
  std::optional<Result> never;
  SECTION("idle") { stage.give_back(std::move(meant)); }
  SECTION("meant for somebody") {
    stage.give_back(stage.get());
    stage.wait(result);
    stage.wait(never);
  }
  SECTION("on its way") { stage.wait(never); }
  stage.pool.reset();
  lent.reset();
  meant.reset();
  stage.settle();
  CHECK_FALSE(result);
  CHECK_FALSE(never);
}

}  // namespace
}  // namespace occam::pool
