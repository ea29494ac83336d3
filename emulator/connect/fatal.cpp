#include "emulator/connect/fatal.hpp"

#include <utility>

namespace emulator {

// facts/dsql.md §2, D: texts and SQLSTATEs.
Fatal too_many_connections() {
  return {"connections", "53300", "Unable to accept connection, too many open connections."};
}

Fatal rate_exceeded() { return {"rate", "53400", "Unable to accept connection, rate exceeded."}; }

// The texts of the rest are recorded (facts/dsql.md §4, §9), their SQLSTATEs are not: those are
// PostgreSQL's for the nearest case, an inference (I).
Fatal waking_up() {
  return {"waking", "57P03", "unable to accept connection, waking up cluster, please retry later"};
}

// That plaintext is refused is recorded (O), its words are not (I).
Fatal not_encrypted() {
  return {"plaintext", "28000", "unable to accept connection, tls is required"};
}

Fatal no_server_name() {
  return {"sni", "28000", "unable to accept connection, sni was not received"};
}

Fatal access_denied(std::string reason, std::string hint) {
  return {std::move(reason), "28000", "unable to accept connection, access denied",
          std::move(hint)};
}

Fatal wrong_action(std::string_view user, std::string_view action) {
  return {"action", "28000",
          "Wrong user to action mapping. user: " + std::string(user) +
              ", action: " + std::string(action)};
}

// facts/dsql.md §4, D: one database per cluster. The text is PostgreSQL's.
Fatal no_database(std::string_view name) {
  return {"database", "3D000", "database \"" + std::string(name) + "\" does not exist"};
}

}  // namespace emulator
