// What one step of `occam check` found: a verdict, a sentence, and what to do about it. Plain
// values with the words they are printed as; never a secret.
#pragma once

#include <string>
#include <vector>

namespace occam::check {

// In the order in which they are taken.
enum class Step {
  configuration,
  certificates,
  name,
  credentials,
  connection,
  encryption,
  log_in,
  server,
  clock,
  locks,
  schema,
  assumptions,
  round_trip,
};
inline constexpr Step last_step = Step::round_trip;

enum class Verdict {
  ok,
  warn,  // it works, and somebody should know
  fail,
  skip,      // not looked at; the text says why
  unproven,  // Occam relies on it, and it cannot be tried without changing something
};

const char* word(Step step);
const char* word(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::ok;
  std::string text;
  std::string advice;  // what to do; empty: nothing
};
using Findings = std::vector<Finding>;

inline Finding ok(std::string text) { return {Verdict::ok, std::move(text), {}}; }
inline Finding warn(std::string text, std::string advice) {
  return {Verdict::warn, std::move(text), std::move(advice)};
}
inline Finding fail(std::string text, std::string advice) {
  return {Verdict::fail, std::move(text), std::move(advice)};
}
inline Finding skip(std::string why) { return {Verdict::skip, std::move(why), {}}; }

}  // namespace occam::check
