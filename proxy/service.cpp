#include "proxy/service.hpp"

namespace occam {
namespace {

relay::Settings relay_settings(const config::Config& config) {
  relay::Settings settings;
  settings.retry = {config.retry.attempts, config.retry.elapsed, config.retry.backoff_first,
                    config.retry.backoff_cap};
  settings.held_bytes = config.limits.held_bytes;
  settings.group_bytes = config.limits.group_bytes;
  settings.journal_bytes = config.limits.journal_bytes;
  return settings;
}

}  // namespace

std::optional<Seat> Seat::take(std::atomic<std::uint32_t>& taken, std::uint32_t limit) {
  auto now = taken.load();
  do {
    if (now >= limit) return std::nullopt;
  } while (!taken.compare_exchange_weak(now, now + 1));
  return Seat(taken);
}

Service::Service(const Settings& chosen)
    : config(chosen.config),
      relay(relay_settings(chosen.config)),
      budget(chosen.config.limits.journal_total_bytes) {
  for (std::size_t i = 0; i < config.listeners.size(); ++i)
    listeners.emplace_back(i, config.listeners[i],
                           std::make_shared<rewriter::Rewriter>(chosen.rewriters[i]),
                           tls_roles(config.listeners[i]));
}

}  // namespace occam
