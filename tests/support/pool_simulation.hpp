// A pool's plan among clients of several logins and an upstream that is full, away, drops
// connections or falls silent: hours by a clock of its own, from one seed. Every order is held
// against what an onlooker knows; the first that breaks a rule is thrown.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "proxy/pool/plan.hpp"

namespace occam::pool {

class PoolSimulation {
 public:
  struct Report {
    std::uint64_t taken = 0;
    std::uint64_t served = 0;
    std::uint64_t timed_out = 0;
    std::uint64_t refused = 0;
    std::uint64_t opened = 0;
    std::uint64_t failed = 0;
    std::uint64_t health_questions = 0;
    std::uint64_t rollbacks = 0;
    std::uint64_t drops = 0;
    std::array<std::uint64_t, 6> closed{};  // by CloseReason
  };

  explicit PoolSimulation(std::uint64_t seed);
  // Throws std::logic_error at the first broken rule.
  void run(Duration time);
  const Report& report() const { return report_; }

 private:
  enum class State { none, connecting, idle, answering, leased };

  struct Seen {  // a connection, as the onlooker knows it
    State state = State::none;
    LoginId login = 0;
    std::uint64_t turn = 0;
    bool alive = false;
    TimePoint used;
    TimePoint retires;
    TimePoint died;
  };
  struct Client {
    LoginId login = 0;
    Ticket ticket;
    TimePoint deadline;
    std::uint64_t arrival = 0;
    bool waits = false;
  };

  // the world
  void step(TimePoint end);
  void after(Duration pause, std::function<void()> event);
  void begin(std::size_t client);
  void hold(std::size_t client, Slot slot);
  void release(std::size_t client, Slot slot, std::uint64_t turn);
  void give_back(Slot slot, Condition condition);
  void finish_connect(Slot slot, Duration waited);
  void weather();
  void drop_all();

  // the orders, and what they must be
  void obey();
  void close(const Orders::Close& order);
  void open(const Orders::Open& order);
  void ask(const Orders::Ask& order);
  void serve(const Orders::Serve& order);
  void turn_away(const Orders::TurnAway& order);
  void check_all();
  void check(const Seen& seen);
  void check_growth();
  void check_end();
  void require(bool holds, const char* what) const;

  Client& client_of(Ticket ticket);
  std::uint32_t count(State state) const;
  std::uint32_t count(LoginId login, State state) const;
  std::uint32_t existing(LoginId login) const;
  std::uint32_t waiting(LoginId login) const;
  std::int64_t between(std::int64_t low, std::int64_t high);
  Duration pause(Duration low, Duration high) {
    return Duration(between(low.count(), high.count()));
  }
  Policy random_policy();

  std::uint64_t seed_;
  std::mt19937_64 random_;
  Policy policy_;
  std::uint32_t rate_;
  std::uint32_t burst_;
  SharedConnectBudget budget_;
  ConnectBudget shadow_;
  Plan plan_;
  Orders orders_;
  TimePoint now_{std::chrono::hours(100)};
  std::multimap<TimePoint, std::function<void()>> events_;
  std::vector<Seen> seen_;
  std::vector<Client> clients_;
  std::vector<bool> barred_;  // by login: the upstream does not want it
  std::vector<bool> last_refused_;
  std::vector<TimePoint> surplus_since_;  // by login: it has more than the reserve
  LoginId last_wanted_ = 0;
  bool up_ = true;
  bool failing_ = false;
  bool ending_ = false;
  std::uint64_t arrivals_ = 0;
  Report report_;
};

}  // namespace occam::pool
