// What the emulator was told to do, on the command line or in emulator.yaml; the command line wins.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/connect/entrance.hpp"
#include "emulator/faults/injection.hpp"
#include "emulator/postgres/backend.hpp"
#include "emulator/rules/limits.hpp"
#include "emulator/rules/rules.hpp"

namespace emulator {

struct Options {
  Address listen{"127.0.0.1", 5433};
  Postgres postgres{{"127.0.0.1", 5432}, "", "", ""};
  Dialect dialect = dialect_current;
  std::vector<InjectionRule> inject;
  std::string metrics;  // host:port, empty: none
  std::uint64_t seed = 1;
  int lock_timeout_ms = 5;
  Limits limits;
  bool any_definitions = false;
  bool key_share_fences = true;
  EntranceRules entrance;
};

// A mistake of the user's, in one line that says what to do.
class BadOption : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

Address read_address(std::string_view text);
Postgres read_postgres(std::string_view url);
Dialect read_dialect(const std::string& word);
// "rows=100", see Limits.
void read_limit(const std::string& assignment, Limits& limits);
// Unknown keys are refused with their line.
void read_config(const std::string& file, Options& options);
// What no single key can be blamed for. Throws BadOption.
void check(const Options& options);

}  // namespace emulator
