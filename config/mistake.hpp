// One mistake in a YAML file, as an operator wants to read it. Plain value, owns its text; never
// carries the value of a password or of an environment variable.
#pragma once

#include <string>
#include <vector>

namespace occam::config {

struct Mistake {
  std::string file;
  int line = 0;  // from 1; 0: the file as a whole
  int column = 0;
  std::string text;

  bool operator==(const Mistake&) const = default;
};
using Mistakes = std::vector<Mistake>;

// file:line:column: text
inline std::string describe(const Mistake& mistake) {
  if (mistake.line == 0) return mistake.file + ": " + mistake.text;
  return mistake.file + ":" + std::to_string(mistake.line) + ":" + std::to_string(mistake.column) +
         ": " + mistake.text;
}

}  // namespace occam::config
