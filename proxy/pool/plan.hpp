// Sizing and lifetime of a pool, as a node without a clock: it is told what happens and fills
// Orders with what to open, close, ask and serve. Knows connections and logins as numbers, never a
// socket nor a text. Random only through its seed. Rules, each with a test in tests/unit:
//   never more than `connections` at once, those being opened counted; never a connect without the
//   budget; as many as wait and as the reserve lacks, not more; first come, first served; after a
//   failed connect one probe at a time, further and further apart, until one succeeds.
// Order of calls: any event, then the orders are obeyed, then at `due` at the latest: tick.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "proxy/pool/connect_backoff.hpp"
#include "proxy/pool/connect_budget.hpp"
#include "proxy/pool/orders.hpp"
#include "proxy/pool/queue.hpp"

namespace occam::pool {

struct Policy {
  std::uint32_t connections = 100;
  std::uint32_t reserve = 4;
  Duration lifetime = std::chrono::minutes(55);  // less up to the jitter, chosen per connection
  Duration lifetime_jitter = std::chrono::minutes(5);
  Duration idle_timeout = std::chrono::minutes(10);
  Duration health_check = std::chrono::seconds(60);
  Duration answer_timeout = std::chrono::seconds(5);  // to a health question, to a ROLLBACK
  Duration backoff_first = std::chrono::milliseconds(100);
  Duration backoff_cap = std::chrono::seconds(5);
  Duration refusal_cap = std::chrono::seconds(1);  // the same for a login that is refused
};

// What of a limit of all threads is one thread's. Below one for each, some have none.
std::uint32_t share(std::uint32_t total, std::uint32_t worker, std::uint32_t workers);

class Plan {
 public:
  // Connections and waiting clients by what they do at the moment.
  struct Census {
    std::uint32_t connecting = 0;
    std::uint32_t idle = 0;
    std::uint32_t answering = 0;  // asked whether it is there, or rolling back
    std::uint32_t leased = 0;
    std::uint32_t waiting = 0;
  };

  // The budget is shared with others and outlives this.
  Plan(const Policy& policy, SharedConnectBudget& budget, std::uint64_t seed);

  LoginId add_login();
  // Nobody waits for it and it has no connection: it may be removed, and its number comes again.
  bool unused(LoginId login) const;
  void remove_login(LoginId login);
  // As if a client had just asked for one: the reserve is filled.
  void keep_warm(LoginId login, TimePoint now, Orders& orders);

  // The connection that was used last, if one is idle and nobody waits. What has become of its
  // lifetime is looked at here too.
  std::optional<Slot> take(LoginId login, TimePoint now, Orders& orders);
  Ticket wait(LoginId login, TimePoint now, TimePoint deadline, Orders& orders);
  // False: it was served or turned away before.
  bool leave(Ticket ticket) { return queue_.remove(ticket); }
  void give_back(Slot slot, Condition condition, TimePoint now, Orders& orders);

  // What became of an order.
  void opened(Slot slot, TimePoint now, Orders& orders);
  void failed(Slot slot, Severity severity, TimePoint now, Orders& orders);
  void answered(Slot slot, TimePoint now, Orders& orders);
  // An idle or answering connection has ended, or said what it should not.
  void lost(Slot slot, Orders& orders) { close(slot, CloseReason::lost, orders); }

  void tick(TimePoint now, Orders& orders);
  TimePoint due() const { return due_; }

  // From now on nothing is opened for the reserve, and kept only what somebody waits for.
  void drain(TimePoint now, Orders& orders);

  Census census() const;
  TimePoint retires(Slot slot) const { return members_[slot].retires; }

 private:
  enum class State { unused, connecting, idle, asked, rolling_back, leased };

  // A connection.
  struct Member {
    State state = State::unused;
    LoginId login = 0;
    TimePoint since;    // when it came into this state
    TimePoint used;     // when it was opened or last given back
    TimePoint checked;  // when it last said something
    TimePoint retires;

    bool open() const { return state != State::unused && state != State::connecting; }
  };
  // The connections of one login.
  struct Share {
    bool known = false;
    TimePoint wanted{};      // by a client, last
    std::vector<Slot> idle;  // in the order of their last use
    std::uint32_t existing = 0;
    std::uint32_t connecting = 0;
    std::uint32_t asked = 0;
    ConnectBackoff refusals;
  };

  // growth
  void grow(TimePoint now, Orders& orders);
  std::optional<LoginId> longest_unserved(TimePoint now);
  std::optional<LoginId> lacks_reserve(TimePoint now);
  bool unserved(LoginId login) const;
  std::uint32_t missing(LoginId login, TimePoint now) const;
  std::uint32_t staying(LoginId login, TimePoint now) const;
  std::optional<Slot> spared_for(LoginId login) const;
  std::optional<LoginId> comes_before(LoginId login, TimePoint now);
  bool may_try(const ConnectBackoff& backoff, std::uint32_t connecting, TimePoint now);
  bool take_budget(TimePoint now);
  void open(LoginId login, TimePoint now, Orders& orders);
  bool full() const;

  // upkeep
  void look_after(Slot slot, TimePoint now, Orders& orders);
  void look_after_idle(Slot slot, TimePoint now, Orders& orders);
  void turn_away_late(TimePoint now, Orders& orders);
  void turn_away(Ticket ticket, bool refused, TimePoint now, Orders& orders);
  bool keeps_reserve(LoginId login, TimePoint now) const;
  bool lapsed(LoginId login, TimePoint now) const;
  void want(LoginId login, TimePoint now);

  // one connection
  void rest(Slot slot, TimePoint now, Orders& orders);
  void serve(Ticket ticket, Slot slot, TimePoint now, Orders& orders);
  void become_idle(Slot slot, TimePoint now);
  void ask(Slot slot, Question question, TimePoint now, Orders& orders);
  void close(Slot slot, CloseReason reason, Orders& orders);
  void remove(Slot slot);
  void enter(Slot slot, State state, TimePoint now);
  std::uint32_t& count(State state) { return counts_[static_cast<std::size_t>(state)]; }
  std::uint32_t count(State state) const { return counts_[static_cast<std::size_t>(state)]; }

  void no_later_than(TimePoint time) { due_ = std::min(due_, time); }

  Policy policy_;
  Duration lead_;  // so much before a connection's end its successor is opened
  SharedConnectBudget& budget_;
  std::mt19937_64 random_;
  ConnectBackoff backoff_;
  std::vector<Member> members_;  // by slot
  std::vector<Slot> free_;
  std::vector<Share> shares_;  // by login
  LoginId last_wanted_ = 0;
  std::array<std::uint32_t, 6> counts_{};  // by State
  Queue queue_;
  TimePoint due_ = TimePoint::max();
  bool draining_ = false;
};

}  // namespace occam::pool
