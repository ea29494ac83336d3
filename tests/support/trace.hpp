// A recorded conversation of many sessions: which session sent which statement, in the order in
// which the statements ended. Format: tests/traces/README.md. Reads text, knows no server.
#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace occam::trace_player {

using Value = std::optional<std::string>;  // nullopt: NULL

struct Step {
  std::size_t session = 0;          // as written in the trace
  std::size_t text = 0;             // index into Trace::texts
  bool prepared = false;            // by name, with parameters; otherwise a simple query
  std::vector<Value> parameters{};  // text format
};

struct Trace {
  std::vector<std::string> texts;
  std::vector<Step> steps;
};

struct MalformedTrace : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws MalformedTrace with the line's number.
Trace read_trace(std::istream& in);

}  // namespace occam::trace_player
