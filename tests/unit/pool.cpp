// The pool against a server on loopback: what clients get, and what the server hears.
#include <catch2/catch.hpp>

#include "tests/support/pool_stage.hpp"

namespace occam::pool {
namespace {

using std::chrono::milliseconds;

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
  CHECK(stage.opened == 1);
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
  stage.give_back(Stage::got(*third));
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
