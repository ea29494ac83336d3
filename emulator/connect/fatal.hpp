// Why a client is not let in: what it is told before its connection closes, and the word it counts
// under. Plain values; the texts are DSQL's where one has been recorded (facts/dsql.md §2, §4).
#pragma once

#include <string>
#include <string_view>

namespace emulator {

struct Fatal {
  std::string reason;  // a closed list, the metric's label
  std::string code;    // SQLSTATE
  std::string message;
  std::string hint = {};  // empty: none

  bool operator==(const Fatal&) const = default;
};

Fatal too_many_connections();
Fatal rate_exceeded();
// The cluster was idle and is starting; the client is to try again.
Fatal waking_up();
Fatal not_encrypted();
Fatal no_server_name();
Fatal access_denied(std::string reason = "access_denied", std::string hint = {});
Fatal wrong_action(std::string_view user, std::string_view action);
Fatal no_database(std::string_view name);

}  // namespace emulator
