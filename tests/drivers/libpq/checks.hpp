#pragma once

// What libpq must find behind $DSN, one function per check. Each opens its own sessions and throws
// what went wrong. The order in which they are called means nothing.

#include <string>
#include <vector>

namespace occam::drivers {

struct Check {
  std::string name;
  void (*run)();
};

std::vector<Check> session_checks();   // one session and its statements
std::vector<Check> sharing_checks();   // several sessions at once
std::vector<Check> state_checks();     // what a session has beside its transaction
std::vector<Check> pipeline_checks();  // PQenterPipelineMode

// The name of a table of this program's own, created with these columns.
std::string table(const std::string& columns);

}  // namespace occam::drivers
