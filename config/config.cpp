#include "config/config.hpp"

#include <algorithm>
#include <filesystem>

#include "config/section.hpp"

namespace occam::config {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

void read_upstream(Section section, Upstream& upstream) {
  section.choice<rewriter::Server>("server", upstream.server,
                                   {{"aurora_dsql", rewriter::Server::aurora_dsql},
                                    {"postgresql", rewriter::Server::postgresql}});
  section.text("host", upstream.host);
  section.number("port", upstream.port, 1, 65535);
  section.text("database", upstream.database);
  section.text("user", upstream.user);
  section.text("password", upstream.password);
  section.duration("connect_timeout", upstream.connect_timeout, 100ms, 60s);
  if (upstream.host.empty())
    section.blame("host", "is empty; write the upstream's name or address");
  section.finish();
}

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
  section.finish();
}

void read_rewriter(Section section, const std::string& file, Rewriting& rewriter) {
  section.choice<std::optional<rewriter::Dialect>>("dialect", rewriter.dialect,
                                                   {{"current", rewriter::Dialect::current},
                                                    {"2025", rewriter::Dialect::dsql_2025},
                                                    {"auto", std::nullopt}});
  section.text("rules", rewriter.rules);
  section.size("longest_parsed", rewriter.longest_parsed, kib, 64 * mib);
  section.size("cache_bytes", rewriter.cache_bytes, 64 * kib, 1024 * mib);
  section.words("ignored_settings", rewriter.ignored_settings);
  for (auto& setting : rewriter.ignored_settings)
    std::transform(setting.begin(), setting.end(), setting.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::sort(rewriter.ignored_settings.begin(), rewriter.ignored_settings.end());
  if (!rewriter.rules.empty())
    rewriter.rules = (std::filesystem::path(file).parent_path() / rewriter.rules).string();
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

// Clients are not asked for a password, so whoever reaches the port has the upstream's rights.
void check_reach(Section& section, const char* key, const Address& address, bool anywhere) {
  if (anywhere || is_loopback(address.host)) return;
  section.blame(key, "is " + address.host +
                         ", which other machines can reach, and clients are not asked for a "
                         "password; use 127.0.0.1, or set listen_anywhere: true if the network "
                         "itself keeps strangers out");
}

void read_admin(Section section, Address& admin, bool anywhere) {
  section.address("listen", admin);
  check_reach(section, "listen", admin, anywhere);
  section.finish();
}

}  // namespace

Parsed parse(std::string_view text, const std::string& file, const Environment& environment) {
  Document document{file, environment, {}, {}};
  Config config;
  Section top(document, parse_yaml(text, document), "");
  top.address("listen", config.listen);
  top.flag("listen_anywhere", config.listen_anywhere);
  check_reach(top, "listen", config.listen, config.listen_anywhere);
  read_upstream(top.section("upstream"), config.upstream);
  read_retry(top.section("retry"), config.retry);
  read_limits(top.section("limits"), config.limits);
  read_rewriter(top.section("rewriter"), file, config.rewriter);
  top.number("threads", config.threads, 0, 256);
  read_admin(top.section("admin"), config.admin, config.listen_anywhere);
  read_log(top.section("log"), config.log);
  top.duration("drain_timeout", config.drain_timeout, 0ms, 1h);
  top.finish();
  return {std::move(config), std::move(document.mistakes), std::move(document.keys)};
}

}  // namespace occam::config
