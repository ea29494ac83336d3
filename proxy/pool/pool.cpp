#include "proxy/pool/pool.hpp"

#include <random>
#include <utility>

#include <boost/asio/post.hpp>

#include "proxy/pool/account.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::pool {
namespace {

TimePoint now() { return std::chrono::steady_clock::now(); }

std::uint64_t fresh_seed() {
  std::random_device random;
  return (std::uint64_t{random()} << 32) | random();
}

}  // namespace

Pool::Pool(net::Executor executor, const Policy& policy, SharedConnectBudget& budget,
           Passwords passwords, Reports reports)
    : executor_(executor),
      limit_(policy.connections),
      passwords_(std::move(passwords)),
      reports_(std::move(reports)),
      plan_(policy, budget, fresh_seed()),
      timer_(executor),
      members_(policy.connections),
      watch_(std::make_shared<Watch>(*this)) {}

Pool::~Pool() {
  watch_->pool = nullptr;
  for (auto& member : members_) {
    if (member.connector) member.connector->cancel();
    if (member.connection) end(*member.connection->peer);
  }
  for (auto& delivery : deliveries_) {
    auto* connection = std::get_if<std::unique_ptr<Connection>>(&delivery.result);
    if (connection && *connection) end(*(*connection)->peer);
  }
}

std::shared_ptr<Account> Pool::account(const Login& login) {
  for (const auto& account : accounts_)
    if (account && account->login.identity == login.identity) return account;
  for (auto& account : accounts_) {
    if (!account || account.use_count() > 1 || !plan_.unused(account->id)) continue;
    plan_.remove_login(account->id);
    account.reset();
  }
  const auto account = std::make_shared<Account>();
  account->login = login;
  account->id = plan_.add_login();
  if (account->id >= accounts_.size()) accounts_.resize(account->id + 1);
  return accounts_[account->id] = account;
}

void Pool::keep_warm(const Account& account) {
  plan_.keep_warm(account.id, now(), orders_);
  obey();
}

const relay::ReportedParameters* Pool::known_parameters(const Account& account) const {
  return account.parameters ? &*account.parameters : nullptr;
}

std::unique_ptr<Connection> Pool::take(const Account& account) {
  const auto time = now();
  auto slot = plan_.take(account.id, time, orders_);
  while (slot && time < wary_until_ && members_[*slot].connection->peer->stream().ended_by_peer()) {
    plan_.lost(*slot, orders_);
    slot = plan_.take(account.id, time, orders_);
  }
  obey();
  if (!slot) return nullptr;
  ++counts_.taken;
  return std::move(members_[*slot].connection);
}

Ticket Pool::wait(const Account& account, TimePoint deadline, Done done) {
  const auto time = now();
  const auto ticket = plan_.wait(account.id, time, deadline, orders_);
  if (ticket.number >= clients_.size()) clients_.resize(ticket.number + 1);
  clients_[ticket.number] = {std::move(done), time};
  ++counts_.waits;
  obey();
  return ticket;
}

// Served already, but not told yet: what was meant for it goes to the next.
void Pool::leave(Ticket ticket) {
  if (plan_.leave(ticket)) {
    clients_[ticket.number].done = nullptr;
    return;
  }
  for (auto& delivery : deliveries_) {
    if (delivery.ticket != ticket) continue;
    delivery.done = nullptr;
    auto* connection = std::get_if<std::unique_ptr<Connection>>(&delivery.result);
    if (connection && *connection) give_back(std::move(*connection), Condition::clean);
    return;
  }
}

void Pool::give_back(std::unique_ptr<Connection> connection, Condition condition) {
  const auto slot = connection->slot;
  connection->peer->belong_to(watch_);
  members_[slot].connection = std::move(connection);
  const auto time = now();
  if (condition == Condition::broken) wary_until_ = time + wariness;
  plan_.give_back(slot, condition, time, orders_);
  obey();
  if (auto& member = members_[slot]; member.connection) member.connection->peer->read();
}

void Pool::drain() {
  plan_.drain(now(), orders_);
  obey();
}

// Called after every event of the plan.
void Pool::set_timer() {
  const auto due = plan_.due();
  if (due >= timer_at_) return;
  timer_at_ = due;
  timer_.expires_at(std::max(due, now()));
  timer_.async_wait([watch = watch_](net::Error error) {
    if (error || !watch->pool) return;
    auto& pool = *watch->pool;
    pool.timer_at_ = TimePoint::max();
    pool.plan_.tick(now(), pool.orders_);
    pool.obey();
  });
}

void Pool::later(std::function<void()> event) {
  net::asio::post(executor_, [watch = watch_, event = std::move(event)] {
    if (watch->pool) event();
  });
}

const Counts& Pool::counts() {
  counts_.now = plan_.census();
  return counts_;
}

}  // namespace occam::pool
