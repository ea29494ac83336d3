// The plan's decisions that no single event brings about: what is opened, for whom, and what of
// the idle ones is closed or asked as time passes.
#include "proxy/pool/plan.hpp"

namespace occam::pool {

// Clients before the reserve, and among clients whoever has waited longest.
void Plan::grow(TimePoint now, Orders& orders) {
  for (;;) {
    std::optional<Slot> spared;
    auto login = longest_unserved(now);
    if (login && full() && !(spared = spared_for(*login))) return;
    if (!login && !full()) login = lacks_reserve(now);
    if (!login || !take_budget(now)) return;
    if (spared) close(*spared, CloseReason::room, orders);
    open(*login, now, orders);
  }
}

bool Plan::full() const { return members_.size() - free_.size() >= policy_.connections; }

bool Plan::unserved(LoginId login) const { return queue_.size(login) > shares_[login].connecting; }

std::optional<LoginId> Plan::longest_unserved(TimePoint now) {
  if (queue_.size() == 0 || !may_try(backoff_, count(State::connecting), now)) return std::nullopt;
  std::optional<LoginId> longest;
  for (LoginId login = 0; login < shares_.size(); ++login) {
    if (!unserved(login)) continue;
    if (longest && queue_.before(queue_.first(*longest), queue_.first(login))) continue;
    if (may_try(shares_[login].refusals, shares_[login].connecting, now)) longest = login;
  }
  return longest;
}

// While connects fail, the one that is tried next tells about all of them.
bool Plan::may_try(const ConnectBackoff& backoff, std::uint32_t connecting, TimePoint now) {
  if (!backoff.failing()) return true;
  if (connecting > 0) return false;
  if (now < backoff.until()) no_later_than(backoff.until());
  return now >= backoff.until();
}

std::optional<LoginId> Plan::lacks_reserve(TimePoint now) {
  if (draining_) return std::nullopt;
  for (LoginId login = 0; login < shares_.size(); ++login)
    if (missing(login, now) > 0 && may_try(backoff_, count(State::connecting), now)) return login;
  return std::nullopt;
}

// The reserve, or what is in use now, whichever is more, less those that will still be there when
// a successor is: so that a connection at its end is replaced before it is missed.
std::uint32_t Plan::missing(LoginId login, TimePoint now) const {
  if (!keeps_reserve(login, now)) return 0;
  std::uint32_t in_use = 0;
  for (const auto& member : members_)
    if (member.login == login && member.open() &&
        (member.state == State::leased || now - member.used < lead_))
      ++in_use;
  const auto wanted = std::max(policy_.reserve, in_use);
  const auto there = staying(login, now) + shares_[login].connecting;
  return wanted > there ? wanted - there : 0;
}

std::uint32_t Plan::staying(LoginId login, TimePoint now) const {
  return static_cast<std::uint32_t>(
      std::count_if(members_.begin(), members_.end(), [&](const Member& member) {
        return member.login == login && member.open() && now < member.retires - lead_;
      }));
}

// For the login that was asked for last, and for any other while its connections may stay idle. A
// refused one is tried again when a client of it comes.
bool Plan::keeps_reserve(LoginId login, TimePoint now) const {
  const auto& share = shares_[login];
  return share.known && share.wanted != TimePoint{} && !share.refusals.failing() &&
         !lapsed(login, now);
}

bool Plan::lapsed(LoginId login, TimePoint now) const {
  return login != last_wanted_ && now >= shares_[login].wanted + policy_.idle_timeout;
}

// The connection of another login that is idle for the longest time.
std::optional<Slot> Plan::spared_for(LoginId login) const {
  std::optional<Slot> spared;
  for (LoginId other = 0; other < shares_.size(); ++other) {
    if (other == login || shares_[other].idle.empty()) continue;
    const auto oldest = shares_[other].idle.front();
    if (!spared || members_[oldest].used < members_[*spared].used) spared = oldest;
  }
  return spared;
}

// At the limit, another login whose client came first and which has no connection or far fewer: it
// gets the place of one of `login`, or it would wait for as long as that login is busy.
std::optional<LoginId> Plan::comes_before(LoginId login, TimePoint now) {
  if (!full() || queue_.size() == queue_.size(login)) return std::nullopt;
  if (!may_try(backoff_, count(State::connecting), now)) return std::nullopt;
  const auto own = queue_.first(login);
  std::optional<LoginId> earliest;
  for (LoginId other = 0; other < shares_.size(); ++other) {
    if (other == login || !unserved(other)) continue;
    const auto first = queue_.first(other);
    const auto existing = shares_[other].existing;
    if (own &&
        (queue_.before(own, first) || (existing > 0 && existing + 1 >= shares_[login].existing)))
      continue;
    if (earliest && queue_.before(queue_.first(*earliest), first)) continue;
    if (may_try(shares_[other].refusals, shares_[other].connecting, now)) earliest = other;
  }
  return earliest;
}

bool Plan::take_budget(TimePoint now) {
  if (budget_.take(now)) return true;
  no_later_than(budget_.next(now));
  return false;
}

void Plan::open(LoginId login, TimePoint now, Orders& orders) {
  if (free_.empty()) {
    free_.push_back(static_cast<Slot>(members_.size()));
    members_.emplace_back();
    ++count(State::unused);
  }
  const auto slot = free_.back();
  free_.pop_back();
  members_[slot].login = login;
  enter(slot, State::connecting, now);
  auto& share = shares_[login];
  ++share.existing;
  share.idle.reserve(share.existing);  // so that giving back allocates nothing
  orders.open.push_back({slot, login});
}

void Plan::tick(TimePoint now, Orders& orders) {
  due_ = TimePoint::max();
  turn_away_late(now, orders);
  for (Slot slot = 0; slot < members_.size(); ++slot) look_after(slot, now, orders);
  for (LoginId login = 0; login < shares_.size(); ++login)
    if (login != last_wanted_ && keeps_reserve(login, now))
      no_later_than(shares_[login].wanted + policy_.idle_timeout);
  grow(now, orders);
  if (const auto ticket = queue_.most_urgent()) no_later_than(queue_.deadline(ticket));
}

void Plan::look_after(Slot slot, TimePoint now, Orders& orders) {
  const auto& member = members_[slot];
  switch (member.state) {
    case State::unused:
    case State::connecting:  // has a deadline of its own
      return;
    case State::leased:
      if (now < member.retires - lead_) no_later_than(member.retires - lead_);
      return;
    case State::asked:
    case State::rolling_back:
      if (now >= member.since + policy_.answer_timeout)
        return close(slot, CloseReason::lost, orders);
      return no_later_than(member.since + policy_.answer_timeout);
    case State::idle:
      return look_after_idle(slot, now, orders);
  }
}

void Plan::look_after_idle(Slot slot, TimePoint now, Orders& orders) {
  const auto& member = members_[slot];
  auto& share = shares_[member.login];
  if (draining_) return close(slot, CloseReason::drain, orders);
  if (now >= member.retires) return close(slot, CloseReason::lifetime, orders);
  const auto reserve = keeps_reserve(member.login, now) ? policy_.reserve : 0;
  const bool surplus = staying(member.login, now) > reserve;
  if (surplus && now >= member.used + policy_.idle_timeout)
    return close(slot, CloseReason::idle, orders);
  // Half of them at a time, so that a client who comes meanwhile finds one.
  if (now >= member.checked + policy_.health_check) {
    if (share.asked >= share.idle.size()) return;
    std::erase(share.idle, slot);
    return ask(slot, Question::health, now, orders);
  }
  const auto successor = member.retires - lead_;
  no_later_than(now < successor ? successor : member.retires);
  no_later_than(member.checked + policy_.health_check);
  if (surplus) no_later_than(member.used + policy_.idle_timeout);
}

void Plan::turn_away_late(TimePoint now, Orders& orders) {
  for (auto ticket = queue_.most_urgent(); ticket && queue_.deadline(ticket) <= now;
       ticket = queue_.most_urgent())
    turn_away(ticket, false, now, orders);
}

void Plan::turn_away(Ticket ticket, bool refused, TimePoint now, Orders& orders) {
  const auto login = queue_.login(ticket);
  auto shortage = Shortage::connecting;
  if (shares_[login].refusals.failing())
    shortage = Shortage::refusing;
  else if (backoff_.failing())
    shortage = Shortage::failing;
  else if (full())
    shortage = Shortage::in_use;
  orders.turn_away.push_back({ticket, login, now - queue_.since(ticket), refused, shortage});
  queue_.remove(ticket);
}

}  // namespace occam::pool
