// The pool against a server that does not let everybody in, and passwords that wear out.
#include <catch2/catch.hpp>

#include "tests/support/pool_stage.hpp"

namespace occam::pool {
namespace {

using std::chrono::milliseconds;

TEST_CASE("pool: who waits too long is told why, in words that no driver takes for a lost server") {
  Stage stage;
  stage.policy.connections = 1;
  stage.start();
  std::optional<Result> result;
  std::unique_ptr<Connection> kept;
  std::string message;
  std::string code = "08006";
  SECTION("all are in use") {
    kept = stage.get();
    code = "53300";
    stage.wait(result, milliseconds(20));
    message = "all 1 of this thread are in use";
  }
  SECTION("nobody answers there") {
    stage.server.stop();
    stage.wait(result, milliseconds(300));
    message = "Connection refused";
  }
  SECTION("the cluster wakes up") {
    stage.server.refuse = [](const auto&) {
      return error("57P03", "unable to accept connection, waking up cluster, please retry later");
    };
    stage.wait(result, milliseconds(300));
    message = "waking up cluster";
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
  CHECK(stage.failures.size() == 4);
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
  stage.passwords.rejected = [&](const wire::LoginRequest&, std::string_view) { ++rejected; };
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

TEST_CASE("pool: connects that were on their way with an old password count as one") {
  Stage stage;
  stage.server.password = true;
  int asked = 0;
  int rejected = 0;
  stage.passwords.ask = [&](const wire::LoginRequest&, Passwords::Answer answer) {
    answer(std::variant<std::string, std::string>(std::in_place_index<0>,
                                                  ++asked > 3 ? "fresh" : "old"));
  };
  stage.passwords.rejected = [&](const wire::LoginRequest&, std::string_view) { ++rejected; };
  stage.server.refuse = [](const auto& client) {
    return client.password == "old" ? error("28000", "access denied") : "";
  };
  stage.start();
  std::array<std::optional<Result>, 3> results;
  for (auto& result : results) stage.wait(result);
  for (auto& result : results) {
    stage.until([&] { return result.has_value(); });
    stage.give_back(Stage::got(*result));
  }
  CHECK(rejected == 1);
  CHECK(stage.pool->counts().refused == 0);
}

TEST_CASE("pool: an answer that comes a second time is no password") {
  Stage stage;
  stage.server.password = true;
  Passwords::Answer kept;
  stage.passwords.ask = [&](const wire::LoginRequest&, Passwords::Answer answer) {
    kept = std::move(answer);
  };
  stage.start();
  const std::variant<std::string, std::string> password(std::in_place_index<0>, "token");
  std::optional<Result> result;
  stage.wait(result);
  stage.settle();
  CHECK(stage.server.clients.empty());
  kept(password);
  kept(password);
  stage.until([&] { return result.has_value(); });
  kept(password);
  kept(std::variant<std::string, std::string>(std::in_place_index<1>, "no"));
  stage.settle();
  CHECK(stage.server.clients.size() == 1);
  stage.give_back(Stage::got(*result));
  CHECK(stage.pool->counts().now.idle == 1);
}

TEST_CASE("pool: without a password nobody connects, and who waits learns why") {
  Stage stage;
  stage.passwords.ask = [](const wire::LoginRequest&, Passwords::Answer answer) {
    answer(std::variant<std::string, std::string>(std::in_place_index<1>, "no credentials found"));
  };
  stage.start();
  std::optional<Result> result;
  stage.wait(result, milliseconds(300));
  stage.until([&] { return result.has_value(); });
  CHECK_THAT(std::get<Failure>(*result).reason, Catch::Contains("no credentials found"));
  CHECK(stage.server.clients.empty());
  CHECK(stage.pool->counts().no_password >= 1);
}

}  // namespace
}  // namespace occam::pool
