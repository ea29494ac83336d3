#include "proxy/settings.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/table_rules.hpp"

#include "proxy/process_secret.hpp"
#include "proxy/upstream_identity.hpp"
#include "proxy/users.hpp"

namespace occam {
namespace {

std::string read_file(const std::string& path) {
  const auto unreadable = [&path](const std::string& reason) {
    return WrongSettings(path + ": cannot be read (" + reason +
                         "); give the path of a readable file");
  };
  // A directory fails when it is read only, and a pipe may keep the reader for ever.
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    throw unreadable("not a regular file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) throw unreadable(std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) throw unreadable(std::strerror(errno));
  return text;
}

std::optional<std::string> environment(const std::string& name) {
  const auto* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

std::string lines(const config::Mistakes& mistakes) {
  std::string text;
  for (const auto& mistake : mistakes) text += (text.empty() ? "" : "\n") + describe(mistake);
  return text;
}

rewriter::RewriterOptions rewriter_options(const config::Listener& listener) {
  const auto& chosen = listener.rewriter;
  rewriter::RewriterOptions options;
  options.enabled = chosen.enabled;
  // Every DSQL accepts the forms of 2025.
  options.dialect = chosen.dialect.value_or(rewriter::Dialect::dsql_2025);
  options.server = listener.upstream.server;
  options.longest_parsed = chosen.longest_parsed;
  options.cache_bytes = chosen.cache_bytes;
  options.ignored_settings = {chosen.ignored_settings.begin(), chosen.ignored_settings.end()};
  if (chosen.rules.empty()) return options;
  auto rules = config::parse_table_rules(read_file(chosen.rules), chosen.rules);
  if (!rules.mistakes.empty()) throw WrongSettings(lines(rules.mistakes));
  options.rules = std::move(rules.rules);
  return options;
}

bool same_but_tls(config::Upstream before, const config::Upstream& after) {
  before.tls = after.tls;
  return before == after;
}

// Why no IAM token could be made.
std::optional<std::string> token_mistake(const config::Upstream& upstream) {
  if (upstream.authentication != config::UpstreamAuthentication::iam) return std::nullopt;
  return iam::mistake_in(iam_settings(upstream));
}

// But for what a reload applies.
bool same_for_good(config::Listener before, const config::Listener& after) {
  before.rewriter = after.rewriter;
  before.tls = after.tls;
  before.upstream.tls = after.upstream.tls;
  return before == after;
}

bool same_for_good(const std::vector<config::Listener>& before,
                   const std::vector<config::Listener>& after) {
  return std::equal(before.begin() + 1, before.end(), after.begin() + 1, after.end(),
                    [](const auto& a, const auto& b) { return same_for_good(a, b); });
}

}  // namespace

Settings read_settings(const std::string& config_file) {
  auto parsed = config::parse(read_file(config_file), config_file, environment);
  if (!parsed.mistakes.empty()) throw WrongSettings(lines(parsed.mistakes));
  for (auto& listener : parsed.config.listeners) forget_passwords(listener.users, process_secret());
  Settings settings{std::move(parsed.config), {}};
  for (const auto& listener : settings.config.listeners) {
    if (const auto mistake = token_mistake(listener.upstream))
      throw WrongSettings(config_file + ": upstream of listener " + listener.name + ": " +
                          *mistake);
    settings.rewriters.push_back(rewriter_options(listener));
  }
  return settings;
}

std::string changed_keys(const config::Config& before, const config::Config& after) {
  std::string keys;
  const auto compare = [&](const char* key, const auto& a, const auto& b) {
    if (!(a == b)) keys += (keys.empty() ? "" : ", ") + std::string(key);
  };
  const auto& was = before.listeners.front();
  const auto& is = after.listeners.front();
  compare("listen", was.listen, is.listen);
  compare("listen_anywhere", was.listen_anywhere, is.listen_anywhere);
  compare("users", was.users, is.users);
  compare("upstream", true, same_but_tls(was.upstream, is.upstream));
  compare("pool", was.pool, is.pool);
  compare("listeners", true, same_for_good(before.listeners, after.listeners));
  compare("retry", before.retry, after.retry);
  compare("limits", before.limits, after.limits);
  compare("threads", before.threads, after.threads);
  compare("admin", before.admin, after.admin);
  compare("log", before.log, after.log);
  compare("drain_timeout", before.drain_timeout, after.drain_timeout);
  return keys;
}

}  // namespace occam
