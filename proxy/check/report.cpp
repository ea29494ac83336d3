#include "proxy/check/report.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace occam::check {
namespace {

constexpr std::size_t verdict_width = 9;
constexpr std::size_t step_width = 15;

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

// A line stays a line, and a terminal is told nothing but text.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  return text;
}

std::string sentence(const Finding& finding) {
  return printable(finding.advice.empty() ? finding.text : finding.text + "; " + finding.advice);
}

}  // namespace

void Report::begin(const std::string& listener, const std::string& where) {
  listeners_.push_back({listener, where, {}});
  if (form_ == Form::text)
    out_ << "listener " << printable(listener) << ": " << printable(where) << std::endl;
}

void Report::note(Step step, const Finding& finding) {
  listeners_.back().findings.emplace_back(step, finding);
  if (form_ == Form::text)
    out_ << "  " << padded(word(finding.verdict), verdict_width) << padded(word(step), step_width)
         << sentence(finding) << std::endl;
}

void Report::end() {
  if (form_ == Form::json) return print_json();
  std::string sum;
  for (const auto verdict : {Verdict::ok, Verdict::warn, Verdict::fail, Verdict::skip})
    sum += (sum.empty() ? "" : ", ") + std::to_string(count(verdict)) + " " + word(verdict);
  out_ << sum << std::endl;
}

std::size_t Report::count(Verdict verdict) const {
  std::size_t sum = 0;
  for (const auto& listener : listeners_)
    for (const auto& [step, finding] : listener.findings) sum += finding.verdict == verdict;
  return sum;
}

void Report::print_json() const {
  nlohmann::ordered_json all{{"ok", !failed()}, {"listeners", nlohmann::ordered_json::array()}};
  for (const auto& listener : listeners_) {
    auto steps = nlohmann::ordered_json::array();
    for (const auto& [step, finding] : listener.findings) {
      nlohmann::ordered_json one{{"step", word(step)},
                                 {"verdict", word(finding.verdict)},
                                 {"text", printable(finding.text)}};
      if (!finding.advice.empty()) one["advice"] = printable(finding.advice);
      steps.push_back(std::move(one));
    }
    all["listeners"].push_back(
        {{"name", listener.name}, {"where", listener.where}, {"steps", std::move(steps)}});
  }
  // What a server said may be no UTF-8.
  out_ << all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << std::endl;
}

}  // namespace occam::check
