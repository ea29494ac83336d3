// The pool opens connections: password, connect, log-in, and what a failure means.
#include <utility>

#include "proxy/pool/account.hpp"
#include "proxy/pool/pool.hpp"
#include "proxy/pool/refusal.hpp"
#include "proxy/upstream/nonce.hpp"

namespace occam::pool {

// An event that is for this connect only, and for nobody when it is over.
template <class Event>
auto Pool::of_this(Slot slot, Event event) {
  return [watch = watch_, slot, turn = members_[slot].turn, event](auto&& what) {
    const auto pool = watch->pool;
    if (pool && pool->members_[slot].turn == turn)
      (pool->*event)(slot, std::forward<decltype(what)>(what));
  };
}

void Pool::open(const Orders::Open& order) {
  auto& member = members_[order.slot];
  member.account = accounts_[order.login];
  member.asked = Question::none;
  ++member.turn;
  const auto& request = member.account->login.request;
  member.secret = member.account->secret;
  if (!passwords_.ask) return connect(order.slot, request.password);
  passwords_.ask(request, of_this(order.slot, &Pool::on_password));
}

// It may come from within `ask`, so a refusal is not the plan's yet.
void Pool::on_password(Slot slot, std::variant<std::string, std::string> answer) {
  if (members_[slot].connector) return;  // it has been answered before
  if (answer.index() == 0) return connect(slot, std::get<0>(std::move(answer)));
  later([event = of_this(slot, &Pool::on_no_password), reason = std::get<1>(std::move(answer))] {
    event(reason);
  });
}

void Pool::on_no_password(Slot slot, const std::string& reason) {
  ++counts_.no_password;
  reports_.failed(upstream::FailureKind::refused, reason);
  failed(slot, Severity::passing, reason);
}

void Pool::connect(Slot slot, std::string password) {
  auto& member = members_[slot];
  const auto& [identity, target, asked] = member.account->login;
  wire::LoginRequest request{asked.user, asked.database, std::move(password), asked.parameters,
                             upstream::fresh_nonce()};
  member.connector = upstream::Connector::start(executor_, target, std::move(request),
                                                of_this(slot, &Pool::on_outcome));
}

void Pool::on_outcome(Slot slot, upstream::Outcome outcome) {
  members_[slot].connector.reset();
  if (auto* connected = std::get_if<upstream::Connected>(&outcome))
    on_connected(slot, std::move(*connected));
  else
    on_failure(slot, std::get<upstream::Failure>(outcome));
}

void Pool::on_connected(Slot slot, upstream::Connected connected) {
  ++counts_.opened;
  reports_.opened();
  auto& member = members_[slot];
  ++member.turn;
  member.account->renewed = false;
  // Shared with all that were reported the same.
  auto& known = member.account->parameters;
  if (relay::ReportedParameters reported(connected.parameters); reported != known) known = reported;
  auto connection = std::make_unique<Connection>();
  connection->peer =
      std::make_shared<Peer>(std::move(connected.stream), std::move(connected.framer));
  connection->peer->belong_to(watch_);
  connection->key = connected.key;
  connection->session.parameters = *known;
  connection->notices = std::move(connected.notices);
  connection->conflicts = connected.conflicts;
  connection->slot = slot;
  member.connection = std::move(connection);
  plan_.opened(slot, std::chrono::steady_clock::now(), orders_);
  member.connection->retires = plan_.retires(slot);
  obey();
  listen(slot);
}

void Pool::on_failure(Slot slot, const upstream::Failure& failure) {
  auto& member = members_[slot];
  ++counts_.failed[static_cast<std::size_t>(failure.kind)];
  reports_.failed(failure.kind, failure.reason);
  member.account->refusal = failure;
  failed(slot, severity(member, failure), failure.reason);
}

void Pool::failed(Slot slot, Severity severity, const std::string& reason) {
  auto& member = members_[slot];
  ++member.turn;
  member.account.reset();
  last_failure_ = reason;
  plan_.failed(slot, severity, std::chrono::steady_clock::now(), orders_);
  obey();
}

// One try more with a fresh password. Connects that were on their way with the old one are refused
// with the first, and say nothing about the fresh one.
Severity Pool::severity(Member& member, const upstream::Failure& failure) {
  auto& account = *member.account;
  switch (judge(failure)) {
    case Refusal::passing:
      return Severity::passing;
    case Refusal::definite:
      return Severity::definite;
    case Refusal::password:
      break;
  }
  if (!passwords_.rejected) return Severity::definite;
  if (member.secret != account.secret) return Severity::renewed;
  if (account.renewed) return Severity::definite;
  account.renewed = true;
  ++account.secret;
  const auto error =
      wire::backend::decode_error(std::string_view(failure.error).substr(wire::header_bytes));
  passwords_.rejected(account.login.request, error.hint);
  return Severity::renewed;
}

}  // namespace occam::pool
