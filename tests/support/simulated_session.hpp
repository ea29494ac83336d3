// The world of one seed, and one session in it: a client, its relay, its upstream connection and
// the pipes between them, which deliver bytes in random pieces. What happens next is chosen by the
// world's random source alone.
#pragma once

#include <deque>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "rewriter/rewriter.hpp"

#include "proxy/trace/transcript.hpp"

#include "tests/support/occ_server.hpp"
#include "tests/support/simulation.hpp"

namespace occam::simulation {

// What one seed decides before the run begins.
struct Scenario {
  int clients = 4;
  ClientSettings client;
  Faults faults;
  unsigned losses = 0;            // per 100,000 steps and session
  unsigned refused_connects = 0;  // per thousand
  bool pooled = false;            // connections go from one client to another
  std::size_t held_bytes = 512 * 1024;

  explicit Scenario(Random& random) {
    clients = 1 + static_cast<int>(random() % 5);
    client.transactions = 4 + static_cast<int>(random() % 8);
    client.keys = 1 + static_cast<int>(random() % 4);
    client.flushes = random() % 8 == 0;
    client.streams = random() % 8 == 0;
    client.may_leave = random() % 6 == 0;
    client.cancels = random() % 8 == 0;
    if (client.streams) held_bytes = 8 + random() % 64;
    if (random() % 2 == 0) faults.at_statement = static_cast<unsigned>(random() % 60);
    if (random() % 2 == 0) faults.at_commit = static_cast<unsigned>(random() % 200);
    if (random() % 4 == 0) faults.unavailable = static_cast<unsigned>(random() % 30);
    if (random() % 2 == 0) losses = static_cast<unsigned>(random() % 800);
    if (random() % 3 == 0) refused_connects = 300;
    client.refusals = refused_connects > 0;
    pooled = random() % 2 == 0;
  }
};

// An upstream connection that no client has at the moment.
struct Idle {
  std::unique_ptr<Connection> server;
  relay::UpstreamSession session;
};

struct World {
  World(std::uint64_t seed, std::ostream* lines, rewriter::Rewriter& shared)
      : random(seed),
        transcript(lines),
        scenario(random),
        rewriter(shared),
        budget(std::size_t{1} << 30) {
    settings.retry.attempts = 100000;
    settings.retry.elapsed = std::chrono::hours(1000);
    settings.held_bytes = scenario.held_bytes;
    relays.push_back(std::make_unique<relay::Relay>(settings, budget, seed));
  }

  Random random;
  std::ostream* transcript;
  Scenario scenario;
  Database database;
  rewriter::Rewriter& rewriter;
  relay::Budget budget;
  relay::Settings settings;
  std::vector<Idle> pool;
  std::deque<std::unique_ptr<relay::Relay>> relays;  // that no client needs at the moment
  Report report;
};

// One client, its relay, its upstream connection, and the four pipes between them.
class Session {
 public:
  Session(World& world, int number);
  // Does one thing that can be done now, chosen at random; false if there is nothing.
  bool step();
  bool over() const { return over_; }

 private:
  void deliver_to_proxy();
  void deliver_to_server();
  void deliver_from_server();
  void deliver_to_client();
  void lose();
  void connected();
  void part();
  void rest();
  void leave();
  void obey(relay::Phase before, const char* event);
  void note(const relay::Fact& fact);
  std::string take(std::string& pipe);
  void write(const char* arrow, const wire::Frame& frame, trace::Direction direction);
  void write(const std::string& line);
  relay::TimePoint now() const;

  World& world_;
  int number_;
  Client client_;
  relay::UpstreamSession upstream_;
  relay::ClientSession session_;
  std::unique_ptr<relay::Relay> relay_;
  relay::Output out_;
  std::unique_ptr<Connection> server_;
  wire::Framer from_client_, at_server_, from_server_, at_client_;
  std::string to_proxy_, to_server_, to_relay_, to_client_;
  bool waiting_ = false;     // a timer is set
  bool connecting_ = false;  // a new connection was ordered
  bool lost_pending_ = false;
  bool gone_ = false;
  bool over_ = false;
};

}  // namespace occam::simulation
