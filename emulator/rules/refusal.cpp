#include "emulator/rules/refusal.hpp"

namespace emulator {

namespace {

std::string retried(Dialect dialect, const char* what, const char* marker) {
  const auto* request = dialect < conflict_words_since ? ", please retry:" : "";
  return std::string(what) + request + " (" + marker + ")";
}

}  // namespace

Refusal data_conflict(Dialect dialect) {
  return {"OC000", "40001", retried(dialect, "change conflicts with another transaction", "OC000")};
}

Refusal catalog_conflict(Dialect dialect) {
  return {"OC001", "40001",
          retried(dialect, "schema has been updated by another transaction", "OC001")};
}

Refusal server_unavailable() { return {"unavailable", "XX000", "server unavailable"}; }

}  // namespace emulator
