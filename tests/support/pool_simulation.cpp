#include "tests/support/pool_simulation.hpp"

#include <algorithm>
#include <stdexcept>

namespace occam::pool {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

PoolSimulation::PoolSimulation(std::uint64_t seed)
    : seed_(seed),
      random_(seed),
      policy_(random_policy()),
      rate_(static_cast<std::uint32_t>(between(1, 30))),
      burst_(static_cast<std::uint32_t>(between(1, 40))),
      budget_(rate_, burst_),
      shadow_(rate_, burst_),
      plan_(policy_, budget_, seed) {
  const auto logins = static_cast<LoginId>(between(1, 3));
  for (LoginId login = 0; login < logins; ++login) plan_.add_login();
  barred_.resize(logins);
  last_refused_.resize(logins);
  surplus_since_.resize(logins);
  seen_.resize(policy_.connections);
  clients_.resize(static_cast<std::size_t>(between(1, 40)));
  for (std::size_t client = 0; client < clients_.size(); ++client) {
    clients_[client].login = static_cast<LoginId>(between(0, logins - 1));
    after(pause(milliseconds(0), minutes(2)), [this, client] { begin(client); });
  }
  after(minutes(1), [this] { weather(); });
}

Policy PoolSimulation::random_policy() {
  Policy policy;
  policy.connections = static_cast<std::uint32_t>(between(1, 30));
  policy.reserve = static_cast<std::uint32_t>(between(0, std::min(5U, policy.connections)));
  policy.lifetime = pause(minutes(1), minutes(20));
  policy.lifetime_jitter = policy.lifetime / between(2, 10);
  policy.idle_timeout = pause(seconds(5), minutes(10));
  policy.health_check = pause(seconds(2), minutes(1));
  policy.answer_timeout = pause(seconds(1), seconds(5));
  return policy;
}

void PoolSimulation::run(Duration time) {
  const auto end = now_ + time;
  while (now_ < end) step(end);
  // Everybody has gone home, and the upstream is well: what is left is the reserve.
  ending_ = true;
  up_ = true;
  barred_.assign(barred_.size(), false);
  const auto quiet = now_ + minutes(45);
  while (now_ < quiet) step(quiet);
  check_end();
}

void PoolSimulation::step(TimePoint end) {
  const auto event = events_.empty() ? TimePoint::max() : events_.begin()->first;
  if (std::min(event, plan_.due()) > end) {
    now_ = end;
    return;
  }
  if (plan_.due() <= event) {
    now_ = std::max(now_, plan_.due());
    for (int again = 0; plan_.due() <= now_; ++again) {
      require(again < 4, "the plan is due again and again");
      plan_.tick(now_, orders_);
      obey();
    }
  } else {
    now_ = event;
    const auto happens = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    happens();
    obey();
  }
  check_all();
}

void PoolSimulation::after(Duration pause, std::function<void()> event) {
  events_.emplace(now_ + pause, std::move(event));
}

void PoolSimulation::begin(std::size_t number) {
  if (ending_) return;
  auto& client = clients_[number];
  last_wanted_ = client.login;
  const auto slot = plan_.take(client.login, now_, orders_);
  if (slot) {
    require(waiting(client.login) == 0, "a connection was taken while others wait");
    require(seen_[*slot].state == State::idle, "what was taken was not idle");
    for (const auto& other : seen_)
      require(other.state != State::idle || other.login != client.login ||
                  other.used <= seen_[*slot].used,
              "one that was used later was left");
    ++report_.taken;
    return hold(number, *slot);
  }
  client.deadline = now_ + pause(milliseconds(1), seconds(5));
  client.arrival = ++arrivals_;
  client.waits = true;
  client.ticket = plan_.wait(client.login, now_, client.deadline, orders_);
  if (between(0, 9) > 0) return;
  after(pause(milliseconds(0), seconds(5)), [this, number, ticket = client.ticket] {
    if (!plan_.leave(ticket)) return;
    clients_[number].waits = false;
    after(pause(milliseconds(0), minutes(1)), [this, number] { begin(number); });
  });
}

void PoolSimulation::hold(std::size_t client, Slot slot) {
  auto& seen = seen_[slot];
  require(seen.login == clients_[client].login, "a connection of another login");
  require(now_ < seen.retires, "lent after its lifetime");
  seen.state = State::leased;
  const auto length = between(0, 50) == 0 ? pause(seconds(1), minutes(2))
                                          : pause(milliseconds(1), milliseconds(300));
  after(length, [this, client, slot, turn = seen.turn] { release(client, slot, turn); });
}

void PoolSimulation::release(std::size_t client, Slot slot, std::uint64_t turn) {
  require(seen_[slot].turn == turn && seen_[slot].state == State::leased, "a lease was not kept");
  const auto chance = between(0, 99);
  if (!seen_[slot].alive || chance < 3)
    give_back(slot, Condition::broken);
  else
    give_back(slot, chance < 10 ? Condition::in_transaction : Condition::clean);
  const auto busy = between(0, 3) > 0;
  after(busy ? pause(milliseconds(0), milliseconds(500)) : pause(seconds(1), minutes(3)),
        [this, client] { begin(client); });
}

void PoolSimulation::give_back(Slot slot, Condition condition) {
  seen_[slot].state = condition == Condition::clean ? State::idle : State::answering;
  seen_[slot].used = now_;
  plan_.give_back(slot, condition, now_, orders_);
}

void PoolSimulation::finish_connect(Slot slot, Duration waited) {
  auto& seen = seen_[slot];
  if (!up_ && between(0, 1) == 0 && waited < seconds(5))
    return after(seconds(5), [this, slot] { finish_connect(slot, seconds(5)); });
  if (!up_ || barred_[seen.login]) {
    ++report_.failed;
    seen.state = State::none;
    failing_ = !up_;
    if (up_) last_refused_[seen.login] = true;
    return plan_.failed(slot, up_ ? Severity::definite : Severity::passing, now_, orders_);
  }
  ++report_.opened;
  failing_ = false;
  last_refused_[seen.login] = false;
  seen.state = State::idle;
  seen.alive = true;
  seen.used = now_;
  plan_.opened(slot, now_, orders_);
  seen.retires = plan_.retires(slot);
  require(seen.retires <= now_ + policy_.lifetime, "a lifetime too long");
  require(seen.retires >= now_ + policy_.lifetime - policy_.lifetime_jitter, "one too short");
}

// What befalls the upstream from time to time.
void PoolSimulation::weather() {
  if (ending_) return;
  switch (between(0, 5)) {
    case 0:
      drop_all();
      break;
    case 1:
      up_ = false;
      drop_all();
      after(pause(milliseconds(1), minutes(1)), [this] { up_ = true; });
      break;
    case 2: {
      const auto login = static_cast<std::size_t>(between(0, std::ssize(barred_) - 1));
      barred_[login] = true;
      after(pause(milliseconds(1), minutes(1)), [this, login] { barred_[login] = false; });
      break;
    }
    default:
      break;
  }
  after(pause(seconds(1), minutes(5)), [this] { weather(); });
}

// Of some the end is read at once, of others nothing is heard any more.
void PoolSimulation::drop_all() {
  ++report_.drops;
  for (Slot slot = 0; slot < seen_.size(); ++slot) {
    auto& seen = seen_[slot];
    if (!seen.alive) continue;
    seen.alive = false;
    seen.died = now_;
    if ((seen.state == State::idle || seen.state == State::answering) && between(0, 3) > 0)
      plan_.lost(slot, orders_);
  }
}

}  // namespace occam::pool
