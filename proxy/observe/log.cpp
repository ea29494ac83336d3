#include "proxy/observe/log.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace occam::observe {
namespace {

config::LogFormat chosen_format = config::LogFormat::text;

spdlog::level::level_enum spdlog_level(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::debug:
      return spdlog::level::debug;
    case config::LogLevel::info:
      return spdlog::level::info;
    case config::LogLevel::warning:
      return spdlog::level::warn;
    case config::LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string quoted(std::string_view text) {
  // Bytes that are no UTF-8 come from clients; they are replaced, never refused.
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void start_log(const config::Log& log) {
  chosen_format = log.format;
  auto logger =
      std::make_shared<spdlog::logger>("occam", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog_level(log.level));
  logger->set_pattern(log.format == config::LogFormat::json
                          ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})"
                          : "%Y-%m-%dT%H:%M:%S.%fZ %l %v",
                      spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(std::move(logger));
}

std::string line_text(config::LogFormat format, std::string_view event,
                      std::initializer_list<Field> fields) {
  const bool json = format == config::LogFormat::json;
  std::string line = json ? "\"event\":" + quoted(event) : std::string(event);
  for (const auto& [name, value] : fields) {
    line += json ? "," + quoted(name) + ":" : " " + std::string(name) + "=";
    line += quoted(value);
  }
  return line;
}

void log(config::LogLevel level, std::string_view event, std::initializer_list<Field> fields) {
  const auto wanted = spdlog_level(level);
  if (!spdlog::should_log(wanted)) return;
  spdlog::log(wanted, "{}", line_text(chosen_format, event, fields));
}

}  // namespace occam::observe
