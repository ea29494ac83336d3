#include "proxy/rules.hpp"

#include <memory>
#include <utility>

#include "proxy/observe/log.hpp"

namespace occam {

using config::LogLevel;

Rules::Rules(Listener& listener, rewriter::RewriterOptions options, observe::Metrics& metrics)
    : listener_(listener),
      metrics_(metrics),
      chosen_(listener.config.rewriter),
      options_(std::move(options)),
      inquiry_(listener) {}

void Rules::ask() {
  if (!depend_on_upstream()) return;
  asked_ = true;
  const auto finding = inquiry_.ask();
  learn(finding);
  if (finding.again) go_on(true);
}

void Rules::renew(const config::Rewriting& chosen, rewriter::RewriterOptions options) {
  const std::lock_guard lock(mutex_);
  chosen_ = chosen;
  options_ = std::move(options);
  make();
  if (asked_ || !depend_on_upstream()) return;  // table rules may ask for it that did not
  asked_ = true;
  go_on(false);
}

void Rules::go_on(bool wait) {
  inquiry_.go_on(wait, [this](const upstream::LockingFinding& finding) { learn(finding); });
}

void Rules::learn(const upstream::LockingFinding& finding) {
  metrics_.upstream_locks(finding.dialect, finding.key_share_proven);
  metrics_.probed(finding.conflicts, finding.unavailable);
  const std::lock_guard lock(mutex_);
  finding_ = finding;
  tell(finding);
  make();
}

bool Rules::depend_on_upstream() const {
  return chosen_.enabled && depends_on_upstream(chosen_, options_.rules);
}

void Rules::tell(const upstream::LockingFinding& finding) {
  auto reason = finding.reason;
  if (finding.again) reason += "; asked again later";
  if (chosen_.dialect && finding.dialect && *chosen_.dialect != *finding.dialect)
    reason += "; rewriter.dialect is another: write " +
              std::string(observe::dialect_name(finding.dialect)) + " or auto";
  if (reason == std::exchange(told_, reason)) return;
  observe::log(finding.key_share_proven ? LogLevel::info : LogLevel::warning,
               "the upstream's locks",
               {{"listener", listener_.config.name},
                {"dialect", observe::dialect_name(finding.dialect)},
                {"key_share", finding.key_share_proven ? "proven" : "not proven"},
                {"reason", reason}});
}

void Rules::make() {
  auto options = options_;
  options.key_share_proven = finding_.key_share_proven;
  if (!chosen_.dialect && finding_.dialect) options.dialect = *finding_.dialect;
  listener_.use(std::make_shared<rewriter::Rewriter>(std::move(options)));
}

}  // namespace occam
