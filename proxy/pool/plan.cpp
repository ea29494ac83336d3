#include "proxy/pool/plan.hpp"

namespace occam::pool {
namespace {

// What a connect and its queue take at most; with a short lifetime or timeout less.
constexpr Duration most_lead = std::chrono::seconds(30);

}  // namespace

std::uint32_t share(std::uint32_t total, std::uint32_t worker, std::uint32_t workers) {
  return total / workers + (worker < total % workers ? 1 : 0);
}

Plan::Plan(const Policy& policy, SharedConnectBudget& budget, std::uint64_t seed)
    : policy_(policy),
      lead_(std::min({most_lead, policy.lifetime / 10, policy.idle_timeout / 2})),
      budget_(budget),
      random_(seed),
      backoff_(policy.backoff_first, policy.backoff_cap) {
  members_.reserve(policy.connections);
  free_.reserve(policy.connections);
}

LoginId Plan::add_login() {
  LoginId login = 0;
  while (login < shares_.size() && shares_[login].known) ++login;
  const ConnectBackoff refusals(policy_.backoff_first, policy_.refusal_cap);
  if (login == shares_.size()) shares_.push_back({false, {}, {}, 0, 0, 0, refusals});
  shares_[login] = {true, {}, {}, 0, 0, 0, refusals};
  return login;
}

bool Plan::unused(LoginId login) const {
  return shares_[login].existing == 0 && queue_.size(login) == 0;
}

void Plan::remove_login(LoginId login) { shares_[login].known = false; }

void Plan::keep_warm(LoginId login, TimePoint now, Orders& orders) {
  want(login, now);
  grow(now, orders);
}

void Plan::want(LoginId login, TimePoint now) {
  if (lapsed(login, now)) no_later_than(now);
  shares_[login].wanted = now;
  last_wanted_ = login;
}

std::optional<Slot> Plan::take(LoginId login, TimePoint now, Orders& orders) {
  want(login, now);
  if (queue_.size(login) > 0) return std::nullopt;
  auto& idle = shares_[login].idle;
  while (!idle.empty()) {
    const auto slot = idle.back();
    if (now >= members_[slot].retires) {
      close(slot, CloseReason::lifetime, orders);
      continue;
    }
    idle.pop_back();
    enter(slot, State::leased, now);
    return slot;
  }
  return std::nullopt;
}

Ticket Plan::wait(LoginId login, TimePoint now, TimePoint deadline, Orders& orders) {
  const auto slot = take(login, now, orders);
  const auto ticket = queue_.add(login, now, deadline);
  if (slot) {
    serve(ticket, *slot, now, orders);
  } else {
    no_later_than(deadline);
    grow(now, orders);
  }
  return ticket;
}

void Plan::give_back(Slot slot, Condition condition, TimePoint now, Orders& orders) {
  members_[slot].used = now;
  switch (condition) {
    case Condition::clean:
      return rest(slot, now, orders);
    case Condition::in_transaction:
      if (now >= members_[slot].retires) return close(slot, CloseReason::lifetime, orders);
      return ask(slot, Question::rollback, now, orders);
    case Condition::broken:
      return close(slot, CloseReason::broken, orders);
  }
}

void Plan::opened(Slot slot, TimePoint now, Orders& orders) {
  auto& member = members_[slot];
  std::uniform_int_distribution<Duration::rep> jitter(0, policy_.lifetime_jitter.count());
  member.retires = now + policy_.lifetime - Duration(jitter(random_));
  member.used = now;
  backoff_.succeeded();
  shares_[member.login].refusals.succeeded();
  enter(slot, State::leased, now);  // by nobody yet
  rest(slot, now, orders);
  grow(now, orders);
}

void Plan::failed(Slot slot, Severity severity, TimePoint now, Orders& orders) {
  const auto login = members_[slot].login;
  const auto started = members_[slot].since;
  remove(slot);
  switch (severity) {
    case Severity::passing:
      backoff_.failed(started, now, random_);
      break;
    case Severity::renewed:
      backoff_.succeeded();
      break;
    case Severity::definite:
      backoff_.succeeded();
      shares_[login].refusals.failed(started, now, random_);
      if (shares_[login].existing > shares_[login].connecting) break;  // some do have it
      while (const auto ticket = queue_.first(login)) turn_away(ticket, true, now, orders);
      break;
  }
  grow(now, orders);
}

void Plan::answered(Slot slot, TimePoint now, Orders& orders) {
  if (members_[slot].state == State::rolling_back) members_[slot].used = now;
  if (members_[slot].state == State::asked) no_later_than(now);  // others may be to be asked
  rest(slot, now, orders);
}

void Plan::drain(TimePoint now, Orders& orders) {
  draining_ = true;
  tick(now, orders);
}

// A connection that nobody uses goes to who waits, or to another login at the limit, or is kept.
void Plan::rest(Slot slot, TimePoint now, Orders& orders) {
  auto& member = members_[slot];
  member.checked = now;
  if (now >= member.retires) return close(slot, CloseReason::lifetime, orders);
  if (const auto other = comes_before(member.login, now); other && take_budget(now)) {
    close(slot, CloseReason::room, orders);
    return open(*other, now, orders);
  }
  if (const auto ticket = queue_.first(member.login)) return serve(ticket, slot, now, orders);
  if (draining_) return close(slot, CloseReason::drain, orders);
  become_idle(slot, now);
}

void Plan::serve(Ticket ticket, Slot slot, TimePoint now, Orders& orders) {
  queue_.remove(ticket);
  enter(slot, State::leased, now);
  orders.serve.push_back({ticket, slot});
}

void Plan::become_idle(Slot slot, TimePoint now) {
  enter(slot, State::idle, now);
  const auto& member = members_[slot];
  auto& idle = shares_[member.login].idle;
  const auto place =
      std::upper_bound(idle.begin(), idle.end(), member.used,
                       [this](TimePoint used, Slot other) { return used < members_[other].used; });
  idle.insert(place, slot);
  const auto successor = member.retires - lead_;
  no_later_than(std::min({now < successor ? successor : member.retires, now + policy_.health_check,
                          member.used + policy_.idle_timeout}));
}

void Plan::ask(Slot slot, Question question, TimePoint now, Orders& orders) {
  enter(slot, question == Question::health ? State::asked : State::rolling_back, now);
  orders.ask.push_back({slot, question});
  no_later_than(now + policy_.answer_timeout);
}

void Plan::close(Slot slot, CloseReason reason, Orders& orders) {
  orders.close.push_back({slot, reason});
  remove(slot);
}

// Whether something must come in its place is the next tick's to see.
void Plan::remove(Slot slot) {
  auto& member = members_[slot];
  auto& share = shares_[member.login];
  if (member.state == State::idle) std::erase(share.idle, slot);
  --share.existing;
  enter(slot, State::unused, member.since);
  free_.push_back(slot);
  due_ = TimePoint::min();
}

void Plan::enter(Slot slot, State state, TimePoint now) {
  auto& member = members_[slot];
  auto& share = shares_[member.login];
  share.connecting -= member.state == State::connecting;
  share.connecting += state == State::connecting;
  share.asked -= member.state == State::asked;
  share.asked += state == State::asked;
  --count(member.state);
  ++count(state);
  member.state = state;
  member.since = now;
}

Plan::Census Plan::census() const {
  return {count(State::connecting), count(State::idle),
          count(State::asked) + count(State::rolling_back), count(State::leased), queue_.size()};
}

}  // namespace occam::pool
