// The command line of dsql-emulator: flags, --help, and the config file that they overrule.
#pragma once

#include "emulator/config.hpp"

namespace emulator {

// With --help nothing else counts; the text has then been printed.
struct CommandLine {
  bool help = false;
  Options options;
};

// Throws BadOption or BadRule.
CommandLine read_command_line(int argc, const char* const* argv);

}  // namespace emulator
