#include "emulator/faults/rule.hpp"

#include <algorithm>
#include <charconv>

#include "emulator/statement/statement.hpp"

namespace emulator {
namespace {

constexpr Fault all_faults[] = {Fault::conflict,          Fault::catalog_conflict,
                                Fault::unavailable,       Fault::drop_before_commit,
                                Fault::drop_after_commit, Fault::cut,
                                Fault::latency,           Fault::waking};
constexpr Kind all_kinds[] = {Kind::read, Kind::lock, Kind::write, Kind::ddl};

Moment moment_of(Fault fault) {
  switch (fault) {
    case Fault::catalog_conflict:
    case Fault::unavailable:
      return Moment::statement;
    case Fault::cut:
    case Fault::latency:
      return Moment::round_trip;
    case Fault::waking:
      return Moment::connect;
    case Fault::none:
    case Fault::conflict:
    case Fault::drop_before_commit:
    case Fault::drop_after_commit:
      return Moment::commit;
  }
  return Moment::commit;
}

[[noreturn]] void refuse(const InjectionRule& rule, const std::string& why) {
  throw BadRule("inject '" + rule.text + "': " + why);
}

std::uint64_t positive(std::string_view value, const InjectionRule& rule) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number == 0)
    refuse(rule, "'" + std::string(value) + "' is not a positive number");
  return number;
}

double probability(std::string_view value, const InjectionRule& rule) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number <= 0 || number > 1)
    refuse(rule, "p must be above 0 and at most 1");
  return number;
}

std::chrono::milliseconds delay(std::string_view value, const InjectionRule& rule) {
  constexpr std::uint64_t longest = 600'000;
  const auto number = positive(value, rule);
  if (number > longest) refuse(rule, "ms is at most " + std::to_string(longest));
  return std::chrono::milliseconds(number);
}

std::string kind(std::string_view value, const InjectionRule& rule) {
  if (std::none_of(std::begin(all_kinds), std::end(all_kinds),
                   [value](Kind known) { return name(known) == value; }))
    refuse(rule, "class is one of read, lock, write, ddl");
  return std::string(value);
}

void read_selector(std::string_view word, InjectionRule& rule) {
  const auto equals = word.find('=');
  const auto key = word.substr(0, equals);
  const auto value = equals == std::string_view::npos ? "" : word.substr(equals + 1);
  const bool of_statements = rule.moment == Moment::statement || rule.moment == Moment::commit;
  if (key == "every") {
    rule.every = positive(value, rule);
  } else if (key == "nth") {
    rule.nth = positive(value, rule);
  } else if (key == "first") {
    rule.first = positive(value, rule);
  } else if (key == "p") {
    rule.probability = probability(value, rule);
  } else if (key == "table" && !value.empty() && of_statements) {
    rule.table = value;
  } else if (key == "class" && of_statements) {
    rule.kind = kind(value, rule);
  } else if (key == "ms" && rule.fault == Fault::latency) {
    rule.delay = delay(value, rule);
  } else if (key == "at" && rule.fault == Fault::cut && (value == "statement" || value == "idle")) {
    rule.moment = value == "idle" ? Moment::idle : Moment::round_trip;
  } else {
    std::string known = "every=N, nth=N, first=N, p=X";
    if (of_statements) known += ", table=T, class=C";
    if (rule.fault == Fault::latency) known += ", ms=N";
    if (rule.fault == Fault::cut) known += ", at=statement, at=idle";
    refuse(rule, "'" + std::string(word) + "' is none of " + known);
  }
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
    case Fault::cut:
      return "cut";
    case Fault::latency:
      return "latency";
    case Fault::waking:
      return "waking";
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
  if (fault == std::end(all_faults)) {
    std::string known;
    for (const auto each : all_faults) known += std::string(known.empty() ? "" : ", ") + name(each);
    refuse(rule, "'" + std::string(word) + "' is none of " + known);
  }
  rule.fault = *fault;
  rule.moment = moment_of(*fault);
  for (auto rest = colon == std::string_view::npos ? "" : text.substr(colon + 1); !rest.empty();) {
    const auto comma = rest.find(',');
    read_selector(rest.substr(0, comma), rule);
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
  }
  const int chosen =
      (rule.every != 0) + (rule.nth != 0) + (rule.first != 0) + (rule.probability > 0);
  if (rule.fault == Fault::latency) {
    if (rule.delay.count() == 0) refuse(rule, "give ms=N");
    if (chosen == 0) rule.every = 1;
  } else if (chosen == 0) {
    refuse(rule, "give one of every=N, nth=N, first=N, p=X");
  }
  if (chosen > 1) refuse(rule, "give only one of every=N, nth=N, first=N, p=X");
  return rule;
}

}  // namespace emulator
