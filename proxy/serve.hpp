// `occam serve`: reads the settings, listens, and serves until a signal ends it.
#pragma once

#include <string>

namespace occam {

// Returns the exit code. Throws WrongSettings, or std::runtime_error with a line for the operator.
int serve(const std::string& config_file);

}  // namespace occam
