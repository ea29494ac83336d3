// What an operator may set, with the defaults, and the reading of it from YAML. Every mistake is
// reported at once with file, line and column. Pure: the text and the environment are parameters.
// Knows nothing of the proxy; config/occam.yaml shows every key (a test holds the two together).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/listener.hpp"
#include "config/mistake.hpp"
#include "config/units.hpp"

namespace occam::config {

struct Retry {
  std::uint32_t attempts = 10;  // runs in all, the first included; 1: no retries
  std::chrono::milliseconds elapsed{2000};
  std::chrono::milliseconds backoff_first{2};
  std::chrono::milliseconds backoff_cap{250};

  bool operator==(const Retry&) const = default;
};

struct Limits {
  std::uint32_t clients = 1000;
  std::size_t message_bytes = std::size_t{10} << 20;
  std::size_t held_bytes = std::size_t{512} << 10;
  std::size_t group_bytes = std::size_t{16} << 20;
  std::size_t journal_bytes = std::size_t{16} << 20;
  std::size_t journal_total_bytes = std::size_t{256} << 20;
  std::chrono::milliseconds login_timeout{10000};
  std::chrono::milliseconds login_failure_delay{1000};

  bool operator==(const Limits&) const = default;
};

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

struct Log {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;

  bool operator==(const Log&) const = default;
};

struct Config {
  std::vector<Listener> listeners{Listener()};  // the first is that of the top level
  Retry retry;
  Limits limits;
  std::uint32_t threads = 0;  // 0: as many as there are cores
  Address admin{"127.0.0.1", 9464};
  Log log;
  std::chrono::milliseconds drain_timeout{30000};

  bool operator==(const Config&) const = default;
};

struct Parsed {
  Config config;
  Mistakes mistakes;              // not empty: the config must not be used
  std::vector<std::string> keys;  // every key the code knows, as section.key
};

// `file` is the path the text came from: it stands in mistakes, and paths are relative to its
// folder.
Parsed parse(std::string_view text, const std::string& file, const Environment& environment);

}  // namespace occam::config
