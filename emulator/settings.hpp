// Every setting of one value: its key in emulator.yaml, its flag, its line in --help and how its
// text is read. The file and the command line go through this one table, so neither can know a key
// that the other does not.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "emulator/config.hpp"

namespace emulator {

struct Setting {
  std::string_view key;  // "section.key" inside a section
  std::string_view help;
  // Throws BadOption.
  void (*read)(const std::string& text, Options& options);

  // limits.message_bytes is --limits-message-bytes.
  std::string flag() const;
};

std::span<const Setting> settings();

}  // namespace emulator
