// The rules that the simulation's onlooker holds each order of the plan against.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "tests/support/pool_simulation.hpp"

namespace occam::pool {
namespace {

// No successor is opened earlier than this.
constexpr auto most_lead = std::chrono::seconds(30);
// Half of the idle ones are asked at a time, so the last of 30 in the sixth round.
constexpr int most_rounds = 6;

}  // namespace

void PoolSimulation::obey() {
  const auto orders = std::exchange(orders_, {});
  for (const auto& order : orders.close) close(order);
  for (const auto& order : orders.open) open(order);
  for (const auto& order : orders.ask) ask(order);
  for (const auto& order : orders.serve) serve(order);
  for (const auto& order : orders.turn_away) turn_away(order);
}

void PoolSimulation::close(const Orders::Close& order) {
  auto& seen = seen_[order.slot];
  require(seen.state == State::idle || seen.state == State::answering, "closed while not at hand");
  const bool passed = now_ >= seen.retires;
  require(order.reason != CloseReason::lifetime || passed, "closed before its end");
  ++report_.closed[static_cast<std::size_t>(order.reason)];
  seen.state = State::none;
  seen.alive = false;
}

void PoolSimulation::open(const Orders::Open& order) {
  auto& seen = seen_.at(order.slot);
  require(seen.state == State::none, "opened where there is one");
  require(shadow_.take(now_), "opened without the budget");
  require(!failing_ || count(State::connecting) == 0, "more than one probe while connects fail");
  const auto connecting = count(order.login, State::connecting);
  const bool ending = std::any_of(seen_.begin(), seen_.end(), [&](const Seen& other) {
    return other.state != State::none && other.state != State::connecting &&
           other.login == order.login && other.retires <= now_ + most_lead;
  });
  require(waiting(order.login) > connecting || existing(order.login) < policy_.reserve || ending,
          "opened for nobody");
  seen = {State::connecting, order.login, seen.turn + 1, false, now_, TimePoint::max(), {}};
  after(pause(std::chrono::milliseconds(5), std::chrono::milliseconds(80)),
        [this, slot = order.slot] { finish_connect(slot, {}); });
}

void PoolSimulation::ask(const Orders::Ask& order) {
  auto& seen = seen_[order.slot];
  const bool rollback = order.question == Question::rollback;
  require(seen.state == (rollback ? State::answering : State::idle), "asked out of turn");
  ++(rollback ? report_.rollbacks : report_.health_questions);
  seen.state = State::answering;
  after(pause(std::chrono::milliseconds(1), std::chrono::milliseconds(20)),
        [this, slot = order.slot, turn = seen.turn, rollback] {
          auto& answering = seen_[slot];
          if (answering.turn != turn || !answering.alive) return;
          answering.state = State::idle;
          if (rollback) answering.used = now_;
          plan_.answered(slot, now_, orders_);
        });
}

void PoolSimulation::serve(const Orders::Serve& order) {
  auto& client = client_of(order.ticket);
  for (const auto& other : clients_)
    require(!other.waits || other.login != client.login || other.arrival >= client.arrival,
            "served before one that came first");
  require(now_ <= client.deadline, "served after the deadline");
  require(seen_[order.slot].state == State::idle, "served with what was not at hand");
  client.waits = false;
  ++report_.served;
  hold(static_cast<std::size_t>(&client - clients_.data()), order.slot);
}

void PoolSimulation::turn_away(const Orders::TurnAway& order) {
  auto& client = client_of(order.ticket);
  const auto number = static_cast<std::size_t>(&client - clients_.data());
  client.waits = false;
  require(order.login == client.login, "turned away for another login");
  if (order.refused) {
    require(last_refused_[client.login], "told of a refusal that was none");
    ++report_.refused;
  } else {
    require(now_ == client.deadline, "turned away at another time than the deadline");
    ++report_.timed_out;
  }
  after(pause(std::chrono::milliseconds(0), std::chrono::seconds(10)),
        [this, number] { begin(number); });
}

void PoolSimulation::check_all() {
  const auto census = plan_.census();
  require(census.connecting == count(State::connecting) && census.idle == count(State::idle) &&
              census.answering == count(State::answering) && census.leased == count(State::leased),
          "the plan's count is another");
  require(census.connecting + census.idle + census.answering + census.leased <= policy_.connections,
          "more than the limit");
  for (const auto& client : clients_)
    require(!client.waits || now_ <= client.deadline, "nobody was told at the deadline");
  for (LoginId login = 0; login < barred_.size(); ++login) {
    const auto open = std::count_if(seen_.begin(), seen_.end(), [&](const Seen& one) {
      return one.login == login && one.state != State::none && one.state != State::connecting &&
             one.retires > now_ + most_lead;  // a successor stands by for the others
    });
    auto& since = surplus_since_[login];
    if (open <= policy_.reserve)
      since = {};
    else if (since == TimePoint{})
      since = now_;
  }
  if (plan_.due() <= now_) return;  // it is about to look after the rest
  for (const auto& seen : seen_) check(seen);
  check_growth();
}

void PoolSimulation::check(const Seen& seen) {
  if (seen.state != State::idle) return;
  require(now_ < seen.retires, "kept after its lifetime");
  require(waiting(seen.login) == 0, "idle while somebody waits for it");
  // What has become too many, or has died, is found when its turn comes to be asked.
  const auto patience = policy_.health_check + policy_.answer_timeout * most_rounds;
  const auto unneeded = std::max(seen.used + policy_.idle_timeout, surplus_since_[seen.login]);
  require(now_ < unneeded + patience || surplus_since_[seen.login] == TimePoint{},
          "kept though nobody has used it for long");
  require(seen.alive || now_ <= seen.died + patience, "dead, and nobody has noticed");
}

// Who waits is never left alone while a connect is allowed.
void PoolSimulation::check_growth() {
  if (failing_ || shadow_.next(now_) > now_) return;
  for (LoginId login = 0; login < barred_.size(); ++login) {
    if (last_refused_[login] || waiting(login) <= count(login, State::connecting)) continue;
    const bool full = seen_.size() == seen_.size() - count(State::none);
    require(full, "somebody waits, and nothing is opened");
    require(count(State::idle) == count(login, State::idle), "another login's idle one is kept");
  }
}

void PoolSimulation::check_end() {
  for (const auto& client : clients_) require(!client.waits, "somebody waits for ever");
  require(count(State::leased) == 0 && count(State::connecting) == 0, "no rest at the end");
  const bool refused = last_refused_[last_wanted_];
  for (LoginId login = 0; login < barred_.size(); ++login) {
    const bool keeps = login == last_wanted_ && !refused;
    // Two for one while a successor stands by.
    require(existing(login) <= (keeps ? policy_.reserve * 2 : 0), "more than the reserve is left");
    require(existing(login) >= (keeps ? policy_.reserve : 0), "the reserve was not regained");
  }
}

void PoolSimulation::require(bool holds, const char* what) const {
  if (!holds) throw std::logic_error("seed " + std::to_string(seed_) + ": " + what);
}

PoolSimulation::Client& PoolSimulation::client_of(Ticket ticket) {
  const auto found = std::find_if(clients_.begin(), clients_.end(), [ticket](const Client& one) {
    return one.waits && one.ticket == ticket;
  });
  require(found != clients_.end(), "answered who does not wait");
  return *found;
}

std::uint32_t PoolSimulation::count(State state) const {
  return static_cast<std::uint32_t>(
      std::count_if(seen_.begin(), seen_.end(), [&](auto& one) { return one.state == state; }));
}

std::uint32_t PoolSimulation::count(LoginId login, State state) const {
  return static_cast<std::uint32_t>(std::count_if(seen_.begin(), seen_.end(), [&](auto& one) {
    return one.state == state && one.login == login;
  }));
}

std::uint32_t PoolSimulation::existing(LoginId login) const {
  return static_cast<std::uint32_t>(std::count_if(seen_.begin(), seen_.end(), [&](auto& one) {
    return one.state != State::none && one.login == login;
  }));
}

std::uint32_t PoolSimulation::waiting(LoginId login) const {
  return static_cast<std::uint32_t>(std::count_if(clients_.begin(), clients_.end(), [&](auto& one) {
    return one.waits && one.login == login;
  }));
}

std::int64_t PoolSimulation::between(std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
}

}  // namespace occam::pool
