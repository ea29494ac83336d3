#include "proxy/check/check.hpp"

#include <algorithm>
#include <iostream>

#include "proxy/check/examination.hpp"
#include "proxy/check/report.hpp"
#include "proxy/observe/log.hpp"
#include "proxy/settings.hpp"

namespace occam::check {
namespace {

std::string upstream_text(const config::Upstream& upstream) {
  const bool dsql = upstream.server == rewriter::Server::aurora_dsql;
  return std::string(dsql ? "aurora_dsql" : "postgresql") + " at " + upstream.host + ":" +
         std::to_string(upstream.port);
}

std::string where(const config::Listener& listener) {
  return listener.listen.host + ":" + std::to_string(listener.listen.port) + " leads to " +
         upstream_text(listener.upstream);
}

void must_be_there(const config::Config& config, const Options& options) {
  const auto named = [&](const auto& listener) { return listener.name == options.listener; };
  if (options.listener.empty() ||
      std::any_of(config.listeners.begin(), config.listeners.end(), named))
    return;
  throw WrongSettings("occam: --listener: there is no listener '" + options.listener + "' in " +
                      options.config_file);
}

}  // namespace

int check(const Options& options) {
  auto settings = read_settings(options.config_file);
  must_be_there(settings.config, options);
  // What the rooms below tell the log stands in the findings too.
  observe::start_log({config::LogLevel::error, settings.config.log.format});
  Report report(std::cout, options.json ? Report::Form::json : Report::Form::text);
  for (std::size_t i = 0; i < settings.config.listeners.size(); ++i) {
    auto listener = settings.config.listeners[i];
    if (!options.listener.empty() && listener.name != options.listener) continue;
    if (listener.upstream.user.empty()) listener.upstream.user = options.user;
    report.begin(listener.name, where(listener));
    Examination(settings.config, std::move(listener), settings.rewriters[i].rules,
                {options.database, options.verbose}, report)
        .run();
  }
  report.end();
  return report.failed() ? 1 : 0;
}

}  // namespace occam::check
