#include "proxy/serve.hpp"

#include <iostream>
#include <memory>
#include <mutex>

#include <sys/resource.h>

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

// The rewriter that new sessions get, and what a SIGHUP makes of it.
class Rules {
 public:
  explicit Rules(std::string config_file)
      : config_file_(std::move(config_file)), settings_(read_settings(config_file_)) {
    rewriter_ = std::make_shared<rewriter::Rewriter>(settings_.rewriter);
  }

  const config::Config& config() const { return settings_.config; }
  RewriterPtr rewriter() const {
    const std::lock_guard lock(mutex_);
    return rewriter_;
  }

  RewriterPtr reload() {
    try {
      const auto fresh = read_settings(config_file_);
      auto rewriter = std::make_shared<rewriter::Rewriter>(fresh.rewriter);
      {
        const std::lock_guard lock(mutex_);
        rewriter_ = rewriter;
      }
      observe::log(LogLevel::info, "reloaded: new sessions use the new table rules",
                   {{"tables", std::to_string(fresh.rewriter.rules.tables.size())}});
      if (const auto keys = changed_keys(settings_.config, fresh.config); !keys.empty())
        observe::log(LogLevel::warning, "changed in the file, but only a restart applies it",
                     {{"keys", keys}});
      return rewriter;
    } catch (const std::exception& mistakes) {
      observe::log(LogLevel::error, "not reloaded: the old rules stay",
                   {{"mistakes", mistakes.what()}});
      return nullptr;
    }
  }

 private:
  std::string config_file_;
  Settings settings_;
  // Not std::atomic<RewriterPtr>: in libstdc++ 12 its load ends with a relaxed unlock, which orders
  // nothing against the next store.
  mutable std::mutex mutex_;
  RewriterPtr rewriter_;
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
  Server server(service, rules.rewriter(), [&] { return rules.reload(); });
  const observe::Admin admin(rules.config().admin, service.metrics,
                             [&] { return !service.draining.load(); });
  std::cout << "ready on " << server.address() << "\nadmin on " << admin.address() << std::endl;
  server.run();
  observe::log(LogLevel::info, "ended");
  return 0;
}

}  // namespace occam
