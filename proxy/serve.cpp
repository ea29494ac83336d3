#include "proxy/serve.hpp"

#include <algorithm>
#include <deque>
#include <iostream>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "proxy/observe/admin.hpp"
#include "proxy/observe/log.hpp"
#include "proxy/rules.hpp"
#include "proxy/server.hpp"
#include "proxy/service.hpp"
#include "proxy/settings.hpp"
#include "proxy/tls_roles.hpp"

namespace occam {
namespace {

using config::LogLevel;

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

void tell_certificates(const std::deque<Listener>& listeners) {
  for (const auto& listener : listeners)
    if (const auto tls = listener.tls(); tls.towards_clients)
      observe::log(LogLevel::info, "clients are shown a certificate",
                   {{"listener", listener.config.name},
                    {"certificate", tls.towards_clients->certificate()}});
}

// The configuration as it was read at the start, and what a SIGHUP makes of it. One thread calls
// it.
class Configuration {
 public:
  Configuration(std::string file, Settings settings)
      : file_(std::move(file)), settings_(std::move(settings)) {}

  void reload(std::deque<Listener>& listeners, std::deque<Rules>& rules) {
    try {
      auto fresh = read_settings(file_);
      const auto tls = read_tls(fresh.config);  // before anything is changed
      if (const auto keys = changed_keys(settings_.config, fresh.config); !keys.empty())
        observe::log(LogLevel::warning, "changed in the file, but only a restart applies it",
                     {{"keys", keys}});
      std::size_t tables = 0;
      for (std::size_t i = 0; i < rules.size(); ++i) {
        const auto named = position(fresh.config, settings_.config.listeners[i].name);
        if (named == fresh.rewriters.size()) continue;  // taken out: a restart applies that
        listeners[i].use(tls[named]);
        tables += fresh.rewriters[named].rules.tables.size();
        rules[i].renew(fresh.config.listeners[named].rewriter, std::move(fresh.rewriters[named]));
      }
      observe::log(LogLevel::info,
                   "reloaded: new sessions use the new table rules and certificates",
                   {{"tables", std::to_string(tables)}});
      tell_certificates(listeners);
    } catch (const std::exception& mistakes) {
      observe::log(LogLevel::error, "not reloaded: the old rules and certificates stay",
                   {{"mistakes", mistakes.what()}});
    }
  }

 private:
  static std::vector<TlsRoles> read_tls(const config::Config& config) {
    std::vector<TlsRoles> all;
    for (const auto& listener : config.listeners) all.push_back(tls_roles(listener));
    return all;
  }

  static std::size_t position(const config::Config& config, const std::string& name) {
    const auto& all = config.listeners;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& listener) { return listener.name == name; });
    return static_cast<std::size_t>(found - all.begin());
  }

  const std::string file_;
  const Settings settings_;
};

observe::Metrics::Readings readings(const Service& service) {
  observe::Metrics::Readings all;
  for (const auto& listener : service.listeners) {
    const auto cache = listener.rewriter()->counts();
    all.cache_hits += cache.hits;
    all.cache_misses += cache.misses;
  }
  all.journal_bytes = service.budget.used();
  return all;
}

// What an operator may have wanted, and should know.
void warn_of_reach(const config::Listener& listener) {
  if (config::is_loopback(listener.listen.host)) return;
  if (listener.users.empty())
    observe::log(LogLevel::warning,
                 "no users: whoever reaches this address has the upstream's rights",
                 {{"listener", listener.name}, {"address", listener.listen.host}});
  if (listener.tls.mode != config::ClientTlsMode::require)
    observe::log(LogLevel::warning,
                 "clients may come without TLS: what they say can be read and changed on its way; "
                 "set tls.mode: require",
                 {{"listener", listener.name}, {"address", listener.listen.host}});
}

// Supervisors and tests wait for the last two lines.
void announce(const Server& server, const observe::Admin& admin) {
  const auto addresses = server.addresses();
  for (std::size_t i = 1; i < addresses.size(); ++i)
    std::cout << addresses[i].first << " on " << addresses[i].second << "\n";
  std::cout << "ready on " << addresses.front().second << "\nadmin on " << admin.address()
            << std::endl;
}

}  // namespace

int serve(const std::string& config_file) {
  write_no_core_files();
  allow_many_connections();
  auto settings = read_settings(config_file);
  observe::start_log(settings.config.log);
  for (const auto& listener : settings.config.listeners) warn_of_reach(listener);
  Service service(settings);
  tell_certificates(service.listeners);
  service.metrics.read_with([&] { return readings(service); });
  std::deque<Rules> rules;
  for (std::size_t i = 0; i < service.listeners.size(); ++i)
    rules.emplace_back(service.listeners[i], settings.rewriters[i], service.metrics);
  Configuration configuration(config_file, std::move(settings));
  Server server(service, [&] { configuration.reload(service.listeners, rules); });
  for (auto& each : rules) each.ask();
  const observe::Admin admin(service.config.admin, service.metrics,
                             [&] { return !service.draining.load(); });
  announce(server, admin);
  server.run();
  for (const auto& listener : service.listeners)
    if (listener.tokens) listener.tokens->stop();
  observe::log(LogLevel::info, "ended");
  return 0;
}

}  // namespace occam
