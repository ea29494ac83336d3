#include "config/config.hpp"

#include <algorithm>

#include "config/listener_section.hpp"
#include "config/section.hpp"

namespace occam::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

void read_retry(Section section, Retry& retry) {
  section.number("attempts", retry.attempts, 1, 100);
  section.duration("elapsed", retry.elapsed, 1ms, 60s);
  section.duration("backoff_first", retry.backoff_first, 1ms, 10s);
  section.duration("backoff_cap", retry.backoff_cap, 1ms, 30s);
  if (retry.backoff_cap < retry.backoff_first)
    section.blame("backoff_cap",
                  "is smaller than retry.backoff_first; the cap is the longest pause");
  section.finish();
}

void read_limits(Section section, Limits& limits) {
  section.number("clients", limits.clients, 1, 10000);
  section.size("message_bytes", limits.message_bytes, kib, 1024 * mib);
  section.size("held_bytes", limits.held_bytes, 0, 64 * mib);
  section.size("group_bytes", limits.group_bytes, kib, 1024 * mib);
  section.size("journal_bytes", limits.journal_bytes, 0, 1024 * mib);
  section.size("journal_total_bytes", limits.journal_total_bytes, 0, 65536 * mib);
  section.duration("login_timeout", limits.login_timeout, 100ms, 5min);
  section.duration("login_failure_delay", limits.login_failure_delay, 0ms, 1min);
  section.finish();
}

void read_log(Section section, Log& log) {
  section.choice<LogLevel>("level", log.level,
                           {{"debug", LogLevel::debug},
                            {"info", LogLevel::info},
                            {"warning", LogLevel::warning},
                            {"error", LogLevel::error}});
  section.choice<LogFormat>("format", log.format,
                            {{"text", LogFormat::text}, {"json", LogFormat::json}});
  section.finish();
}

void read_admin(Section section, Address& admin, bool anywhere) {
  section.address("listen", admin);
  check_reach(section, "listen", admin, anywhere, "");
  section.finish();
}

// An entry of `listeners` has the same keys as the top level's own listener, and inherits nothing.
void read_listeners(const Section& section, Document& document, std::vector<Listener>& listeners) {
  for (const auto& child : section.named_children()) {
    const auto& name = child.first;
    const auto& node = child.second;
    Section entry(document, node, "listeners." + name);
    Listener listener;
    listener.name = name;
    const bool taken = std::any_of(listeners.begin(), listeners.end(),
                                   [&](const Listener& other) { return other.name == name; });
    if (taken) document.blame(node.Mark(), "listeners." + name + " is a name that is taken");
    read_listener(entry, listener);
    entry.finish();
    listeners.push_back(std::move(listener));
  }
}

}  // namespace

Parsed parse(std::string_view text, const std::string& file, const Environment& environment) {
  Document document{file, environment, {}, {}};
  Config config;
  Section top(document, parse_yaml(text, document), "");
  read_listener(top, config.listeners.front());
  read_listeners(top.section("listeners"), document, config.listeners);
  read_retry(top.section("retry"), config.retry);
  read_limits(top.section("limits"), config.limits);
  top.number("threads", config.threads, 0, 256);
  read_admin(top.section("admin"), config.admin, config.listeners.front().listen_anywhere);
  read_log(top.section("log"), config.log);
  top.duration("drain_timeout", config.drain_timeout, 0ms, 1h);
  top.finish();
  return {std::move(config), std::move(document.mistakes), std::move(document.keys)};
}

}  // namespace occam::config
