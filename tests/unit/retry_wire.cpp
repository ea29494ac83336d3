// When a transaction is run again, seen on the wire: a server that refuses every COMMIT, and a
// clock that is a parameter.
#include <optional>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "rewriter/rewriter.hpp"

#include "proxy/relay/relay.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"
#include "proxy/wire/frontend.hpp"

using namespace occam;
using namespace std::chrono_literals;
using relay::Phase;
using relay::TimePoint;
using std::chrono::microseconds;
using wire::backend::Status;

namespace {

class Wire {
 public:
  explicit Wire(std::uint64_t seed, relay::RetryPolicy policy = {})
      : settings_{policy}, relay_(settings_, budget_, seed, client_) {
    relay_.on_server_ready(upstream_, {}, out_);
  }

  // A Query of the client's, with the server's answer.
  void ask(std::string_view sql) {
    std::string query;
    wire::frontend::append_query(query, sql);
    relay_.on_client({query[0], query}, now_, out_);
    serve();
  }
  // The pause that was ordered is over.
  void wait() {
    const auto pause = *out_.wait;
    pauses_.push_back(pause);
    now_ += pause;
    out_.clear();
    relay_.on_timer(now_, out_);
    begun_.push_back(now_ - *first_conflict_);
    serve();
  }
  bool waits() const { return out_.wait.has_value(); }
  void leave() { relay_.on_client_gone(now_, out_); }
  void cancel() { relay_.on_cancel(now_, out_); }
  const std::vector<microseconds>& pauses() const { return pauses_; }
  const std::vector<TimePoint::duration>& begun() const { return begun_; }
  const std::string& to_client() const { return to_client_; }
  const relay::Output& out() const { return out_; }
  std::size_t commits() const { return commits_; }
  Phase phase() const { return relay_.phase(); }

 private:
  void answer(const std::string& message) { relay_.on_server({message[0], message}, now_, out_); }

  // Every COMMIT is refused a millisecond later.
  void serve() {
    while (!out_.to_server.empty()) {
      const std::string sent = std::exchange(out_.to_server, {});
      const auto sql = wire::frontend::decode_query(wire::Frame{sent[0], sent}.body()).sql;
      std::string done;
      std::string ready;
      if (sql == "COMMIT") {
        ++commits_;
        now_ += 1ms;
        if (!first_conflict_) first_conflict_ = now_;
        wire::backend::append_error(
            done, {"ERROR", "40001", "change conflicts with another transaction (OC000)", {}, {}});
        wire::backend::append_ready_for_query(ready, Status::idle);
      } else {
        wire::backend::append_command_complete(done, sql == "BEGIN" ? "BEGIN" : "UPDATE 1");
        wire::backend::append_ready_for_query(ready, Status::in_transaction);
      }
      answer(done);
      answer(ready);
    }
    to_client_ += std::exchange(out_.to_client, {});
  }

  relay::Settings settings_;
  rewriter::Rewriter rewriter_{rewriter::RewriterOptions{}};
  relay::Budget budget_{1U << 20};
  relay::UpstreamSession upstream_;
  relay::ClientSession client_{&rewriter_, relay::ReportedParameters()};
  relay::Relay relay_;
  relay::Output out_;
  TimePoint now_{};
  std::optional<TimePoint> first_conflict_;
  std::vector<microseconds> pauses_;
  std::vector<TimePoint::duration> begun_;
  std::string to_client_;
  std::size_t commits_ = 0;
};

void conflict(Wire& wire) {
  wire.ask("BEGIN");
  wire.ask("UPDATE shards SET range_id = 6 WHERE shard_id = 1");
  wire.ask("COMMIT");
}

}  // namespace

TEST_CASE("repetitions are spaced exponentially with full jitter, and end in the client's error") {
  const relay::RetryPolicy policy;
  microseconds longest_last{0};
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Wire wire(seed);
    conflict(wire);
    while (wire.waits()) wire.wait();
    auto ceiling = policy.backoff_first;
    for (const auto pause : wire.pauses()) {
      CHECK(pause <= ceiling);
      ceiling = std::min(2 * ceiling, policy.backoff_cap);
    }
    REQUIRE(wire.commits() == policy.attempts);
    CHECK(wire.begun().back() <= policy.elapsed);
    CHECK(wire.to_client().find("OC000") != std::string::npos);
    CHECK(wire.phase() == Phase::idle);
    longest_last = std::max(longest_last, wire.pauses().back());
  }
  CHECK(longest_last > policy.backoff_cap * 95 / 100);
}

TEST_CASE("the wall time bounds the repetitions, below Temporal's task timeout") {
  relay::RetryPolicy policy;
  REQUIRE(policy.elapsed <= 2s);  // facts/temporal.md §5.3: 3 s
  policy.attempts = 1000;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Wire wire(seed, policy);
    conflict(wire);
    while (wire.waits()) wire.wait();
    CHECK(wire.begun().back() <= policy.elapsed);
    CHECK(wire.commits() > 10);
    CHECK(wire.commits() < policy.attempts);
    CHECK(wire.to_client().find("OC000") != std::string::npos);
  }
}

TEST_CASE("a client that goes away ends the repetitions at once") {
  Wire wire(7);
  conflict(wire);
  wire.wait();
  REQUIRE(wire.waits());
  const auto commits = wire.commits();
  wire.leave();
  CHECK(wire.out().close);
  CHECK(wire.out().to_server.empty());
  CHECK(wire.commits() == commits);
}

TEST_CASE("a client that cancels gets its error at once") {
  Wire wire(7);
  conflict(wire);
  wire.wait();
  REQUIRE(wire.waits());
  wire.cancel();
  CHECK(wire.out().to_client.find("OC000") != std::string::npos);
  CHECK(wire.out().to_server.empty());
  CHECK(wire.phase() == Phase::idle);
}
