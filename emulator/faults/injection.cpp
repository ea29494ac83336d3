#include "emulator/faults/injection.hpp"

#include <algorithm>

namespace emulator {
namespace {

constexpr Kind all_kinds[] = {Kind::read, Kind::lock, Kind::write, Kind::ddl};

// splitmix64: one multiplication chain, the same numbers on every machine.
std::uint64_t next(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

bool matches(const InjectionRule& rule, const Statement& statement) {
  return (rule.table.empty() || statement.names(rule.table)) &&
         (rule.kind.empty() || rule.kind == name(statement.kind));
}

}  // namespace

Injections::Injections(std::vector<InjectionRule> rules, std::uint64_t seed) {
  for (auto& rule : rules) {
    armed_.push_back({std::move(rule), 0, seed + armed_.size()});
    next(armed_.back().random);
  }
}

bool Injections::fires(Armed& armed) {
  ++armed.seen;
  if (armed.rule.every) return armed.seen % armed.rule.every == 0;
  if (armed.rule.nth) return armed.seen == armed.rule.nth;
  if (armed.rule.first) return armed.seen <= armed.rule.first;
  constexpr double range = 18446744073709551616.0;  // 2^64
  return static_cast<double>(next(armed.random)) / range < armed.rule.probability;
}

std::optional<Fault> Injections::at_statement(const Statement& statement) {
  if (armed_.empty()) return std::nullopt;
  if (std::find(std::begin(all_kinds), std::end(all_kinds), statement.kind) == std::end(all_kinds))
    return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::optional<Fault> fault;
  for (auto& armed : armed_)
    if (armed.rule.moment == Moment::statement && matches(armed.rule, statement) && fires(armed) &&
        !fault)
      fault = armed.rule.fault;
  return fault;
}

std::optional<Fault> Injections::at_commit(const std::vector<const Statement*>& statements) {
  if (armed_.empty()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::optional<Fault> fault;
  for (auto& armed : armed_) {
    if (armed.rule.moment != Moment::commit) continue;
    const bool meant =
        std::any_of(statements.begin(), statements.end(),
                    [&armed](const Statement* s) { return matches(armed.rule, *s); });
    if (meant && fires(armed) && !fault) fault = armed.rule.fault;
  }
  return fault;
}

RoundTrip Injections::at_round_trip() {
  RoundTrip trip;
  if (armed_.empty()) return trip;
  const std::lock_guard lock(mutex_);
  for (auto& armed : armed_) {
    if (armed.rule.moment != Moment::round_trip || !fires(armed)) continue;
    trip.cut = trip.cut || armed.rule.fault == Fault::cut;
    trip.delay += armed.rule.delay;
  }
  return trip;
}

bool Injections::at_idle() { return any_fires(Moment::idle); }

bool Injections::at_connect() { return any_fires(Moment::connect); }

bool Injections::any_fires(Moment moment) {
  if (armed_.empty()) return false;
  const std::lock_guard lock(mutex_);
  bool fired = false;
  for (auto& armed : armed_)
    if (armed.rule.moment == moment && fires(armed)) fired = true;
  return fired;
}

}  // namespace emulator
