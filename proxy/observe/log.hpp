// The log: one event per line with named fields, as text or as a JSON object. The only place that
// knows spdlog. Never give it a parameter value, a password or a token. Thread-safe.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "config/config.hpp"

namespace occam::observe {

struct Field {
  std::string_view name;
  std::string_view value;
};

// Once, before the first line and before any thread; without it lines go out as text.
void start_log(const config::Log& log);

void log(config::LogLevel level, std::string_view event, std::initializer_list<Field> fields = {});

// The line's part after time and level; apart so that it can be tested.
std::string line_text(config::LogFormat format, std::string_view event,
                      std::initializer_list<Field> fields);

}  // namespace occam::observe
