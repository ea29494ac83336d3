#include "proxy/settings.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/table_rules.hpp"

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

}  // namespace

Settings read_settings(const std::string& config_file) {
  auto parsed = config::parse(read_file(config_file), config_file, environment);
  if (!parsed.mistakes.empty()) throw WrongSettings(lines(parsed.mistakes));
  Settings settings{std::move(parsed.config), {}};
  const auto& chosen = settings.config.rewriter;
  // Every DSQL accepts the forms of 2025.
  settings.rewriter.dialect = chosen.dialect.value_or(rewriter::Dialect::dsql_2025);
  settings.rewriter.server = settings.config.upstream.server;
  settings.rewriter.longest_parsed = chosen.longest_parsed;
  settings.rewriter.cache_bytes = chosen.cache_bytes;
  settings.rewriter.ignored_settings = {chosen.ignored_settings.begin(),
                                        chosen.ignored_settings.end()};
  if (chosen.rules.empty()) return settings;
  auto rules = config::parse_table_rules(read_file(chosen.rules), chosen.rules);
  if (!rules.mistakes.empty()) throw WrongSettings(lines(rules.mistakes));
  settings.rewriter.rules = std::move(rules.rules);
  return settings;
}

std::string changed_keys(const config::Config& before, const config::Config& after) {
  std::string keys;
  const auto compare = [&](const char* key, const auto& a, const auto& b) {
    if (!(a == b)) keys += (keys.empty() ? "" : ", ") + std::string(key);
  };
  compare("listen", before.listen, after.listen);
  compare("listen_anywhere", before.listen_anywhere, after.listen_anywhere);
  compare("upstream", before.upstream, after.upstream);
  compare("retry", before.retry, after.retry);
  compare("limits", before.limits, after.limits);
  compare("threads", before.threads, after.threads);
  compare("admin", before.admin, after.admin);
  compare("log", before.log, after.log);
  compare("drain_timeout", before.drain_timeout, after.drain_timeout);
  return keys;
}

}  // namespace occam
