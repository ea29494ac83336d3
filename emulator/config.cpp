#include "emulator/config.hpp"

#include <algorithm>
#include <charconv>

#include <yaml-cpp/yaml.h>

#include "emulator/settings.hpp"

namespace emulator {
namespace {

std::uint16_t read_port(std::string_view text, std::string_view whole) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    throw BadOption("'" + std::string(whole) + "' must end in :PORT");
  return port;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ec == std::errc{}) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The keys of one level: of the whole file, or of a section.
std::string known_keys(const std::string& section) {
  std::string known;
  std::string last;
  for (const auto& setting : settings()) {
    auto key = std::string(setting.key);
    if (!key.starts_with(section)) continue;
    key = key.substr(section.size());
    key = key.substr(0, key.find('.'));
    if (key != last) known += (known.empty() ? "" : ", ") + key;
    last = key;
  }
  return section.empty() ? known + ", inject" : known;
}

void read_key(const std::string& key, const YAML::Node& value, Options& options) {
  for (const auto& setting : settings())
    if (setting.key == key) return setting.read(value.as<std::string>(), options);
  const auto section = key.substr(0, key.rfind('.') + 1);
  throw BadOption("unknown key '" + key.substr(section.size()) + "'" +
                  (section.empty() ? "" : " in '" + section.substr(0, section.size() - 1) + "'") +
                  "; known: " + known_keys(section));
}

bool is_section(const std::string& key) {
  return std::ranges::any_of(
      settings(), [&key](const auto& setting) { return setting.key.starts_with(key + "."); });
}

// `prefix` is empty or "section.".
void read_level(const std::string& file, const std::string& prefix, const YAML::Node& level,
                Options& options) {
  for (const auto& item : level) {
    const auto key = prefix + item.first.as<std::string>();
    if (prefix.empty() && is_section(key) && item.second.IsMap()) {
      read_level(file, key + ".", item.second, options);
      continue;
    }
    try {
      if (key == "inject")
        for (const auto& rule : item.second)
          options.inject.push_back(parse_rule(rule.as<std::string>()));
      else
        read_key(key, item.second, options);
    } catch (const std::exception& error) {
      throw BadOption(file + ":" + std::to_string(item.first.Mark().line + 1) + ": " +
                      error.what());
    }
  }
}

}  // namespace

Dialect read_dialect(const std::string& word) {
  const auto dialect = dialect_named(word);
  if (!dialect)
    throw BadOption("dialect '" + word + "' is none of current, 2026-08, 2025 or a day YYYY-MM-DD");
  return *dialect;
}

void read_limit(const std::string& assignment, Limits& limits) {
  if (!set_limit(limits, assignment))
    throw BadOption("limit '" + assignment +
                    "' is none of rows, bytes, age_ms, column_bytes, row_bytes, key_bytes, indexes "
                    "with a positive number");
}

Address read_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    throw BadOption("'" + std::string(text) + "' is not HOST:PORT");
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {std::string(host), read_port(text.substr(colon + 1), text)};
}

Postgres read_postgres(std::string_view url) {
  Postgres postgres;
  auto rest = url;
  bool url_form = false;
  for (const std::string_view scheme : {"postgres://", "postgresql://"}) {
    if (!url.starts_with(scheme)) continue;
    rest.remove_prefix(scheme.size());
    url_form = true;
  }
  if (!url_form)
    throw BadOption("'" + std::string(url) +
                    "' is not postgres://[USER[:PASSWORD]@]HOST:PORT[/DB]");
  rest = rest.substr(0, rest.find('?'));
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const auto login = rest.substr(0, at);
    const auto colon = login.find(':');
    postgres.user = decoded(login.substr(0, colon));
    if (colon != std::string_view::npos) postgres.password = decoded(login.substr(colon + 1));
    rest.remove_prefix(at + 1);
  }
  if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    postgres.database = decoded(rest.substr(slash + 1));
    rest = rest.substr(0, slash);
  }
  postgres.address = rest.find(':') == std::string_view::npos ? Address{std::string(rest), 5432}
                                                              : read_address(rest);
  postgres.address.host = decoded(postgres.address.host);
  return postgres;
}

void read_config(const std::string& file, Options& options) {
  YAML::Node config;
  try {
    config = YAML::LoadFile(file);
  } catch (const YAML::Exception& error) {
    throw BadOption(file + ": " + error.what());
  }
  read_level(file, "", config, options);
}

void check(const Options& options) {
  const auto& entrance = options.entrance;
  if (entrance.certificate.empty() != entrance.key.empty())
    throw BadOption("tls.certificate and tls.key belong together");
  if (entrance.iam.access_key.empty() != entrance.iam.secret_key.empty())
    throw BadOption("iam.access_key and iam.secret_key belong together");
  if (entrance.iam.asked_for() && entrance.iam.host.empty() && entrance.certificate.empty())
    throw BadOption("iam.host is needed where no TLS server name can tell it");
}

}  // namespace emulator
