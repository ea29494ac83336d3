// The pool obeys its plan, and listens to what nobody has.
#include <algorithm>
#include <utility>

#include "proxy/pool/account.hpp"
#include "proxy/pool/pool.hpp"
#include "proxy/pool/refusal.hpp"
#include "proxy/pool/upkeep.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::pool {
// Nothing in here brings about another event of the plan.
void Pool::obey() {
  for (const auto& order : orders_.close) close(order);
  for (const auto& order : orders_.open) open(order);
  for (const auto& order : orders_.ask) ask(order);
  for (const auto& order : orders_.serve) serve(order);
  for (const auto& order : orders_.turn_away) turn_away(order);
  orders_.clear();
  set_timer();
}

void Pool::close(const Orders::Close& order) {
  ++counts_.closed[static_cast<std::size_t>(order.reason)];
  auto& member = members_[order.slot];
  end(*member.connection->peer);
  member.connection.reset();
  member.account.reset();
}

void Pool::end(Peer& peer) {
  std::string terminate;
  wire::frontend::append_terminate(terminate);
  peer.send(terminate);
  peer.part();
}

void Pool::ask(const Orders::Ask& order) {
  auto& member = members_[order.slot];
  member.asked = order.question;
  std::string query;
  switch (order.question) {
    case Question::none:
      return;
    case Question::health:
      wire::frontend::append_query(query, "");
      ++counts_.health_questions;
      break;
    case Question::rollback:
      wire::frontend::append_query(query, "ROLLBACK");
      ++counts_.rolled_back;
      break;
  }
  member.connection->session.statements.simple_query();
  member.connection->peer->send(query);
}

void Pool::serve(const Orders::Serve& order) {
  auto& client = clients_[order.ticket.number];
  ++counts_.served;
  counts_.waited += std::chrono::steady_clock::now() - client.since;
  deliver_soon({order.ticket, std::move(client.done), std::move(members_[order.slot].connection)});
}

void Pool::turn_away(const Orders::TurnAway& order) {
  auto& client = clients_[order.ticket.number];
  const auto& refusal = accounts_[order.login]->refusal;
  const auto& last = order.shortage == Shortage::refusing ? refusal.reason : last_failure_;
  ++(order.refused ? counts_.refused : counts_.timed_out);
  counts_.waited += order.waited;
  deliver_soon({order.ticket, std::move(client.done),
                order.refused ? Failure{Failure::Kind::refused, refusal.error, refusal.reason}
                              : timed_out(order.shortage, order.waited, limit_, last)});
}

// Not from within: the caller may be another session in the midst of its own event.
void Pool::deliver_soon(Delivery delivery) {
  deliveries_.push_back(std::move(delivery));
  if (deliveries_.size() == 1) later([this] { deliver(); });
}

void Pool::deliver() {
  const auto watch = watch_;
  for (auto left = deliveries_.size(); left > 0; --left) {
    auto delivery = std::move(deliveries_.front());
    deliveries_.pop_front();
    if (delivery.done) delivery.done(std::move(delivery.result));
    if (!watch->pool) return;
  }
  if (!deliveries_.empty()) later([this] { deliver(); });
}

void Pool::on_read(Peer& peer, net::Error error) {
  const auto found = std::find_if(members_.begin(), members_.end(), [&peer](const Member& member) {
    return member.connection && member.connection->peer.get() == &peer;
  });
  if (found == members_.end()) return;  // on its way to a session, which will read the same
  const auto slot = static_cast<Slot>(found - members_.begin());
  if (error) return lose(slot);
  try {
    listen(slot);
  } catch (const wire::ProtocolViolation&) {
    lose(slot);
  }
}

void Pool::listen(Slot slot) {
  auto& member = members_[slot];
  while (member.connection) {
    const auto frame = member.connection->peer->next();
    if (!frame) return member.connection->peer->read();
    switch (hear(member.asked, *frame)) {
      case Saying::idle_talk:
        break;
      case Saying::parameter: {
        const auto status = wire::backend::decode_parameter_status(frame->body());
        member.connection->session.parameters.set(status.name, status.value);
        break;
      }
      case Saying::at_rest:
        member.asked = Question::none;
        plan_.answered(slot, std::chrono::steady_clock::now(), orders_);
        obey();
        break;
      case Saying::unfit:
        return lose(slot);
    }
  }
}

void Pool::lose(Slot slot) {
  wary_until_ = std::chrono::steady_clock::now() + wariness;
  plan_.lost(slot, orders_);
  obey();
}

}  // namespace occam::pool
