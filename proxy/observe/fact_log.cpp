#include "proxy/observe/fact_log.hpp"

#include <functional>
#include <string>

#include "rewriter/redacted.hpp"

#include "proxy/observe/log.hpp"

namespace occam::observe {
namespace {

// Beyond this many texts the client makes up new ones for ever; nobody reads the log any more.
constexpr std::size_t most_texts = 10'000;

bool hidden(relay::Verdict verdict) {
  return verdict == relay::Verdict::restarted || verdict == relay::Verdict::replayed;
}

}  // namespace

void FactLog::write(const relay::Fact& fact) {
  std::visit([this](const auto& happened) { on(happened); }, fact);
}

bool FactLog::first_time(std::string_view text) {
  const auto hash = std::hash<std::string_view>()(text);
  const std::lock_guard lock(mutex_);
  return shown_.size() < most_texts && shown_.insert(hash).second;
}

void FactLog::ignored_at_startup(const std::string& parameter) {
  if (first_time("start-up parameter " + parameter))
    log(config::LogLevel::info, "start-up parameter ignored", {{"parameter", parameter}});
}

void FactLog::on(const relay::Rewritten& fact) {
  if (!first_time(fact.rewrite->original)) return;
  for (const auto& change : fact.rewrite->changes) {
    // Its reason names the parameter and nothing else of the text; values differ without end.
    if (change.rule != "ignored_setting" || first_time(change.reason)) on(change, *fact.rewrite);
  }
}

void FactLog::on(const rewriter::Change& change, const rewriter::Rewrite& rewrite) {
  log(change.weakens ? config::LogLevel::warning : config::LogLevel::info, "rewritten",
      {{"rule", change.rule},
       {"before", rewriter::redacted(change.before)},
       {"after", rewriter::redacted(change.after)},
       {"reason", change.reason},
       {"original", rewriter::redacted(rewrite.original)},
       {"rewritten", rewriter::redacted(rewrite.text)}});
}

void FactLog::on(const relay::Refused& fact) {
  if (!first_time(fact.rewrite->original)) return;
  const auto& refusal = *fact.rewrite->refusal;
  log(config::LogLevel::warning, "refused",
      {{"sqlstate", refusal.code},
       {"message", refusal.message},
       {"hint", refusal.hint},
       {"original", rewriter::redacted(fact.rewrite->original)}});
}

void FactLog::on(const relay::Decided& fact) {
  log(hidden(fact.verdict) ? config::LogLevel::debug : config::LogLevel::info, "conflict",
      {{"verdict", relay::name(fact.verdict)},
       {"conflicts", std::to_string(fact.conflicts)},
       {"attempts", std::to_string(fact.attempts)},
       {"elapsed_us", std::to_string(fact.elapsed.count())}});
}

void FactLog::on(const relay::LimitNear& fact) {
  log(config::LogLevel::info, "near a limit",
      {{"limit", relay::name(fact.limit)}, {"kind", rewriter::name(fact.kind)}});
}

void FactLog::on(const relay::LimitMet& fact) {
  log(config::LogLevel::warning, "refused for a limit",
      {{"limit", relay::name(fact.limit)}, {"kind", rewriter::name(fact.kind)}});
}

}  // namespace occam::observe
