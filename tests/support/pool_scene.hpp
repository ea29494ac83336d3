// One pool's plan on a stage: its orders since the last look, and a clock that the test moves.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "proxy/pool/plan.hpp"

namespace occam::pool {

class Scene {
 public:
  explicit Scene(Policy policy = {}, std::uint32_t per_second = 10, std::uint32_t burst = 100)
      : budget(per_second, burst), plan(policy, budget, 1) {}

  LoginId login() { return plan.add_login(); }
  // `count` connections of this login, all idle.
  std::vector<Slot> open(LoginId login, std::uint32_t count) {
    std::vector<Ticket> tickets;
    for (std::uint32_t i = 0; i < count; ++i) wait(login);
    succeed();
    std::vector<Slot> slots;
    for (const auto& serve : orders.serve) slots.push_back(serve.slot);
    REQUIRE(slots.size() == count);
    for (const auto slot : slots) give_back(slot);
    orders.clear();
    return slots;
  }
  // Every connect that was ordered.
  void succeed() {
    const auto opening = std::exchange(orders.open, {});
    for (const auto& open : opening) plan.opened(open.slot, now, orders);
  }
  void fail(Severity severity) {
    const auto opening = std::exchange(orders.open, {});
    for (const auto& open : opening) plan.failed(open.slot, severity, now, orders);
  }
  Ticket wait(LoginId login, Duration patience = std::chrono::seconds(5)) {
    return plan.wait(login, now, now + patience, orders);
  }
  std::optional<Slot> take(LoginId login) { return plan.take(login, now, orders); }
  void give_back(Slot slot, Condition condition = Condition::clean) {
    plan.give_back(slot, condition, now, orders);
  }
  // Lets time pass, calling the plan whenever it asks for it. Connects succeed, questions are
  // answered; the rest of the orders is kept.
  void pass(Duration time) {
    const auto end = now + time;
    for (int steps = 0; plan.due() <= end; ++steps) {
      REQUIRE(steps < 100000);
      now = std::max(now, plan.due());
      plan.tick(now, orders);
      least = std::min(least, plan.census().idle + plan.census().answering);
      opens += orders.open.size();
      succeed();
      asks += orders.ask.size();
      for (const auto& ask : std::exchange(orders.ask, {})) plan.answered(ask.slot, now, orders);
    }
    now = end;
  }
  Orders look() { return std::exchange(orders, {}); }

  SharedConnectBudget budget;
  Plan plan;
  Orders orders;
  TimePoint now{std::chrono::hours(24)};
  std::size_t opens = 0;
  std::size_t asks = 0;
  std::uint32_t least = UINT32_MAX;  // so few were open and in nobody's hands
};

inline Policy small(std::uint32_t connections, std::uint32_t reserve = 0) {
  Policy policy;
  policy.connections = connections;
  policy.reserve = reserve;
  return policy;
}

}  // namespace occam::pool
