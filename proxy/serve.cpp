#include "proxy/serve.hpp"

#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <sys/resource.h>

#include "proxy/locking_inquiry.hpp"
#include "proxy/observe/admin.hpp"
#include "proxy/observe/log.hpp"
#include "proxy/server.hpp"
#include "proxy/service.hpp"
#include "proxy/settings.hpp"

namespace occam {
namespace {

using config::LogLevel;
using RewriterPtr = std::shared_ptr<rewriter::Rewriter>;

// A core file would hold passwords and the clients' data.
void write_no_core_files() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

// Every client takes two descriptors, and the usual soft limit is 1,024.
void allow_many_connections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// The rewriter that new sessions get, and what a SIGHUP and the upstream's locks make of it. One
// thread calls all but rewriter().
class Rules {
 public:
  explicit Rules(std::string config_file)
      : config_file_(std::move(config_file)), settings_(read_settings(config_file_)) {
    renew();
  }

  const config::Config& config() const { return settings_.config; }
  RewriterPtr rewriter() const {
    const std::lock_guard lock(mutex_);
    return rewriter_;
  }

  RewriterPtr reload() {
    try {
      auto fresh = read_settings(config_file_);
      observe::log(LogLevel::info, "reloaded: new sessions use the new table rules",
                   {{"tables", std::to_string(fresh.rewriter.rules.tables.size())}});
      if (const auto keys = changed_keys(settings_.config, fresh.config); !keys.empty())
        observe::log(LogLevel::warning, "changed in the file, but only a restart applies it",
                     {{"keys", keys}});
      settings_.config.rewriter = fresh.config.rewriter;
      settings_.rewriter = std::move(fresh.rewriter);
      return renew();
    } catch (const std::exception& mistakes) {
      observe::log(LogLevel::error, "not reloaded: the old rules stay",
                   {{"mistakes", mistakes.what()}});
      return nullptr;
    }
  }

  bool depend_on_upstream() const {
    return depends_on_upstream(settings_.config.rewriter, settings_.rewriter.rules);
  }
  // Whether rewriter.dialect names another than this one.
  bool contradicts(std::optional<rewriter::Dialect> found) const {
    const auto& named = settings_.config.rewriter.dialect;
    return named && found && *named != *found;
  }
  // What was found stays, whatever a reload brings.
  RewriterPtr learn(const upstream::LockingFinding& finding) {
    finding_ = finding;
    return renew();
  }

 private:
  RewriterPtr renew() {
    auto options = settings_.rewriter;
    options.key_share_proven = finding_.key_share_proven;
    if (!settings_.config.rewriter.dialect && finding_.dialect) options.dialect = *finding_.dialect;
    auto rewriter = std::make_shared<rewriter::Rewriter>(std::move(options));
    const std::lock_guard lock(mutex_);
    rewriter_ = rewriter;
    return rewriter;
  }

  std::string config_file_;
  Settings settings_;
  upstream::LockingFinding finding_;
  // Not std::atomic<RewriterPtr>: in libstdc++ 12 its load ends with a relaxed unlock, which orders
  // nothing against the next store.
  mutable std::mutex mutex_;
  RewriterPtr rewriter_;
};

// What the upstream's locks do, asked for once before clients come, since connections that Temporal
// opens first are long in its pool; and where nothing came of it, beside them until something does.
class Upstream {
 public:
  Upstream(Rules& rules, Server& server, observe::Metrics& metrics)
      : rules_(rules), server_(server), metrics_(metrics), inquiry_(rules.config().upstream) {
    if (!rules_.depend_on_upstream()) return;
    const auto finding = inquiry_.ask();
    server_.use(learn(finding));
    asked_ = true;
    if (finding.again) go_on(true);
  }

  // Table rules may ask for it that did not.
  void on_reload() {
    if (asked_ || !rules_.depend_on_upstream()) return;
    asked_ = true;
    go_on(false);
  }

 private:
  void go_on(bool wait) {
    inquiry_.go_on(wait, [this](const upstream::LockingFinding& finding) {
      server_.reload_with([this, finding] { return learn(finding); });
    });
  }

  RewriterPtr learn(const upstream::LockingFinding& finding) {
    metrics_.upstream_locks(finding.dialect, finding.key_share_proven);
    metrics_.probed(finding.conflicts, finding.unavailable);
    auto reason = finding.reason;
    if (finding.again) reason += "; asked again later";
    if (rules_.contradicts(finding.dialect))
      reason += "; rewriter.dialect is another: write " +
                std::string(observe::dialect_name(finding.dialect)) + " or auto";
    if (reason != std::exchange(told_, reason))
      observe::log(finding.key_share_proven ? LogLevel::info : LogLevel::warning,
                   "the upstream's locks",
                   {{"dialect", observe::dialect_name(finding.dialect)},
                    {"key_share", finding.key_share_proven ? "proven" : "not proven"},
                    {"reason", reason}});
    return rules_.learn(finding);
  }

  Rules& rules_;
  Server& server_;
  observe::Metrics& metrics_;
  bool asked_ = false;
  std::string told_;
  LockingInquiry inquiry_;  // last: its thread uses the others
};

}  // namespace

int serve(const std::string& config_file) {
  write_no_core_files();
  allow_many_connections();
  Rules rules(config_file);
  observe::start_log(rules.config().log);
  Service service(rules.config());
  service.metrics.read_with([&] {
    const auto cache = rules.rewriter()->counts();
    return observe::Metrics::Readings{cache.hits, cache.misses, service.budget.used()};
  });
  Upstream* reloaded = nullptr;  // its thread must end before the server does
  Server server(service, rules.rewriter(), [&] {
    auto rewriter = rules.reload();
    reloaded->on_reload();
    return rewriter;
  });
  Upstream upstream(rules, server, service.metrics);
  reloaded = &upstream;
  const observe::Admin admin(rules.config().admin, service.metrics,
                             [&] { return !service.draining.load(); });
  std::cout << "ready on " << server.address() << "\nadmin on " << admin.address() << std::endl;
  server.run();
  observe::log(LogLevel::info, "ended");
  return 0;
}

}  // namespace occam
