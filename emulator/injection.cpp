#include "emulator/injection.hpp"

#include <algorithm>
#include <charconv>

namespace emulator {
namespace {

constexpr Fault all_faults[] = {Fault::conflict, Fault::catalog_conflict, Fault::unavailable,
                                Fault::drop_before_commit, Fault::drop_after_commit};
constexpr Kind all_kinds[] = {Kind::read, Kind::lock, Kind::write, Kind::ddl};

bool at_a_statement(Fault fault) {
  return fault == Fault::catalog_conflict || fault == Fault::unavailable;
}

std::uint64_t positive(std::string_view value, std::string_view rule) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number == 0)
    throw BadRule("inject '" + std::string(rule) + "': '" + std::string(value) +
                  "' is not a positive number");
  return number;
}

double probability(std::string_view value, std::string_view rule) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number <= 0 || number > 1)
    throw BadRule("inject '" + std::string(rule) + "': p must be above 0 and at most 1");
  return number;
}

void read_selector(std::string_view word, InjectionRule& rule) {
  const auto equals = word.find('=');
  const auto key = word.substr(0, equals);
  const auto value = equals == std::string_view::npos ? "" : word.substr(equals + 1);
  if (key == "every") {
    rule.every = positive(value, rule.text);
  } else if (key == "nth") {
    rule.nth = positive(value, rule.text);
  } else if (key == "p") {
    rule.probability = probability(value, rule.text);
  } else if (key == "table" && !value.empty()) {
    rule.table = value;
  } else if (key == "class") {
    rule.kind = value;
    if (std::none_of(std::begin(all_kinds), std::end(all_kinds),
                     [value](Kind kind) { return name(kind) == value; }))
      throw BadRule("inject '" + rule.text + "': class is one of read, lock, write, ddl");
  } else {
    throw BadRule("inject '" + rule.text + "': '" + std::string(word) +
                  "' is none of every=N, nth=N, p=X, table=T, class=C");
  }
}

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

const char* name(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "none";
    case Fault::conflict:
      return "conflict";
    case Fault::catalog_conflict:
      return "oc001";
    case Fault::unavailable:
      return "unavailable";
    case Fault::drop_before_commit:
      return "drop-before-commit";
    case Fault::drop_after_commit:
      return "drop-after-commit";
  }
  return "";
}

InjectionRule parse_rule(std::string_view text) {
  InjectionRule rule;
  rule.text = text;
  const auto colon = text.find(':');
  const auto word = text.substr(0, colon);
  const auto* fault = std::find_if(std::begin(all_faults), std::end(all_faults),
                                   [word](Fault known) { return name(known) == word; });
  if (fault == std::end(all_faults))
    throw BadRule("inject '" + rule.text + "': '" + std::string(word) +
                  "' is none of conflict, oc001, unavailable, drop-before-commit, "
                  "drop-after-commit");
  rule.fault = *fault;
  for (auto rest = colon == std::string_view::npos ? "" : text.substr(colon + 1); !rest.empty();) {
    const auto comma = rest.find(',');
    read_selector(rest.substr(0, comma), rule);
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
  }
  if ((rule.every != 0) + (rule.nth != 0) + (rule.probability > 0) != 1)
    throw BadRule("inject '" + rule.text + "': give one of every=N, nth=N, p=X");
  return rule;
}

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
    if (at_a_statement(armed.rule.fault) && matches(armed.rule, statement) && fires(armed) &&
        !fault)
      fault = armed.rule.fault;
  return fault;
}

std::optional<Fault> Injections::at_commit(const std::vector<const Statement*>& statements) {
  if (armed_.empty()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::optional<Fault> fault;
  for (auto& armed : armed_) {
    if (at_a_statement(armed.rule.fault)) continue;
    const bool meant =
        std::any_of(statements.begin(), statements.end(),
                    [&armed](const Statement* s) { return matches(armed.rule, *s); });
    if (meant && fires(armed) && !fault) fault = armed.rule.fault;
  }
  return fault;
}

}  // namespace emulator
