// The token source with its thread, its lock and real executors; credentials come from an
// environment of the test's own, which it can hold back. Nothing here reaches a network.
#include <array>
#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include "proxy/iam/token_source.hpp"

namespace occam::iam {
namespace {

namespace asio = boost::asio;

constexpr auto host = "abcdefghijklmnopqrst123456.dsql.us-east-1.on.aws";

// An io_context with a thread, as a worker has one.
class Loop {
 public:
  Loop() : work_(asio::make_work_guard(io_)), thread_([this] { io_.run(); }) {}
  ~Loop() {
    work_.reset();
    thread_.join();
  }
  TokenSource::Executor executor() { return io_.get_executor(); }
  std::thread::id id() const { return thread_.get_id(); }

 private:
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

// The variables, and how often keys were looked for; a search waits while `gate` is closed.
struct World {
  std::mutex mutex;
  std::map<std::string, std::string> variables = {{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"},
                                                  {"AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"},
                                                  {"AWS_EC2_METADATA_DISABLED", "true"}};
  int searches = 0;
  std::atomic<bool> gate_open = true;

  Environment environment() {
    return Environment([this](const std::string& name) -> std::optional<std::string> {
      gate_open.wait(false);
      const std::lock_guard lock(mutex);
      if (name == "AWS_SECRET_ACCESS_KEY") ++searches;
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    });
  }
  void open() {
    gate_open = true;
    gate_open.notify_all();
  }
  void set(const std::string& name, const std::string& value) {
    const std::lock_guard lock(mutex);
    variables[name] = value;
  }
  int count() {
    const std::lock_guard lock(mutex);
    return searches;
  }
};

IamSettings settings() { return {host, "admin", "", "", std::chrono::seconds(900)}; }

TokenAnswer ask(TokenSource& source, Loop& loop) {
  std::promise<TokenAnswer> promise;
  source.get(loop.executor(), [&](TokenAnswer answer) { promise.set_value(std::move(answer)); });
  return promise.get_future().get();
}

void nothing(std::string_view) {}

}  // namespace

TEST_CASE("token source: one search serves all who wait, each on its own thread") {
  World world;
  world.gate_open = false;
  Loop first;
  Loop second;
  TokenSource source(settings(), world.environment(), nothing);
  std::array<std::promise<std::pair<SharedToken, std::thread::id>>, 20> promises;
  for (std::size_t i = 0; i < promises.size(); ++i)
    source.get(i % 2 == 0 ? first.executor() : second.executor(), [&, i](TokenAnswer answer) {
      promises[i].set_value({answer.token, std::this_thread::get_id()});
    });
  world.open();
  std::set<SharedToken> tokens;
  for (std::size_t i = 0; i < promises.size(); ++i) {
    const auto [token, thread] = promises[i].get_future().get();
    tokens.insert(token);
    CHECK(thread == (i % 2 == 0 ? first.id() : second.id()));
  }
  CHECK(tokens.size() == 1);
  CHECK((*tokens.begin())->reveal().starts_with(std::string(host) + "/?Action=DbConnectAdmin&"));
  CHECK(world.count() == 1);
  CHECK(ask(source, first).token == *tokens.begin());
  CHECK(world.count() == 1);
}

TEST_CASE("token source: a refused token brings fresh credentials, and advice on the clock") {
  World world;
  Loop loop;
  std::string warned;
  TokenSource source(settings(), world.environment(),
                     [&](std::string_view line) { warned += line; });
  // Credentials that would do for many more tokens.
  world.set("AWS_CREDENTIAL_EXPIRATION", "2999-01-01T00:00:00Z");
  const auto before = ask(source, loop).token;
  world.set("AWS_ACCESS_KEY_ID", "AKIAROTATED");
  source.refused(before->reveal(),
                 "Signature expired: 20200102T030405Z is now earlier than 20200102T031905Z");
  const auto after = ask(source, loop).token;
  REQUIRE(after);
  CHECK(after != before);
  CHECK(after->reveal().find("AKIAROTATED") != std::string_view::npos);
  CHECK(warned.find("ahead of AWS's") != std::string::npos);
}

TEST_CASE("token source: what fails says why, without a secret") {
  World world;
  world.set("AWS_SECRET_ACCESS_KEY", "a secret with blanks");
  Loop loop;
  TokenSource source(settings(), world.environment(), nothing);
  const auto answer = ask(source, loop);
  CHECK_FALSE(answer.token);
  CHECK(answer.reason ==
        "no AWS credentials: environment: the secret access key holds a blank or a control "
        "character");
}

TEST_CASE("token source: stopping forgets who waits") {
  World world;
  world.gate_open = false;
  Loop loop;
  std::atomic<bool> called = false;
  TokenSource source(settings(), world.environment(), nothing);
  // The search goes on only when the asker is forgotten, so its answer comes too late.
  std::shared_ptr<void> sign(&world, [&world](void*) { world.open(); });
  source.get(loop.executor(), [&, sign = std::move(sign)](const TokenAnswer&) { called = true; });
  source.stop();
  source.get(loop.executor(), [&](const TokenAnswer&) { called = true; });
  source.stop();
  std::promise<void> behind;
  asio::post(loop.executor(), [&] { behind.set_value(); });
  behind.get_future().get();
  CHECK_FALSE(called);
}

}  // namespace occam::iam
