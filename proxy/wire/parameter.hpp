// One name and its value, as StartupMessage and ParameterStatus carry them. Owned text: parameters
// outlive the message they came in. Knows no meaning of any name.
#pragma once

#include <string>
#include <vector>

namespace occam::wire {

struct Parameter {
  std::string name;
  std::string value;

  bool operator==(const Parameter&) const = default;
};

// In the order received; a name may come twice, then the last one counts, as in PostgreSQL.
using Parameters = std::vector<Parameter>;

}  // namespace occam::wire
