#include "emulator/config.hpp"

#include <charconv>

#include <yaml-cpp/yaml.h>

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

void read_key(const std::string& key, const YAML::Node& value, Options& options) {
  if (key == "listen") {
    options.listen = read_address(value.as<std::string>());
  } else if (key == "postgres") {
    options.postgres = read_postgres(value.as<std::string>());
  } else if (key == "dialect") {
    options.dialect = read_dialect(value.as<std::string>());
  } else if (key == "inject") {
    for (const auto& rule : value) options.inject.push_back(parse_rule(rule.as<std::string>()));
  } else if (key == "metrics") {
    options.metrics = value.as<std::string>();
  } else if (key == "seed") {
    options.seed = value.as<std::uint64_t>();
  } else if (key == "lock_timeout_ms") {
    options.lock_timeout_ms = value.as<int>();
  } else {
    throw BadOption("unknown key '" + key +
                    "'; known: listen, postgres, dialect, inject, metrics, seed, lock_timeout_ms");
  }
}

}  // namespace

Dialect read_dialect(const std::string& word) {
  const auto dialect = dialect_named(word);
  if (!dialect) throw BadOption("dialect '" + word + "' is none of current, 2026-08, 2025");
  return *dialect;
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
  return postgres;
}

void read_config(const std::string& file, Options& options) {
  YAML::Node config;
  try {
    config = YAML::LoadFile(file);
  } catch (const YAML::Exception& error) {
    throw BadOption(file + ": " + error.what());
  }
  for (const auto& item : config) {
    try {
      read_key(item.first.as<std::string>(), item.second, options);
    } catch (const std::exception& error) {
      throw BadOption(file + ":" + std::to_string(item.first.Mark().line + 1) + ": " +
                      error.what());
    }
  }
}

}  // namespace emulator
