// The statements a session's backend keeps prepared for repetition: a transaction that runs again
// and again is parsed once per session. Bounded; knows names, never what they do.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "emulator/postgres/answer.hpp"
#include "emulator/postgres/script.hpp"

namespace emulator {

class Kept {
 public:
  // Appends one section that runs the statement. Without parameters it is parsed every time: such
  // texts carry their values and seldom come back.
  void append(Script& script, const std::string& sql, const std::string& types,
              const std::string& bind);
  // To be called with all answers to the script before the next append.
  void learn(const std::vector<Answer>& answers);

 private:
  using Key = std::pair<std::string, std::string>;  // text and types
  static constexpr std::size_t most = 512;

  std::map<Key, std::string> names_;
  std::vector<std::pair<std::size_t, Key>> prepared_here_;  // by section
  std::size_t named_ = 0;
};

}  // namespace emulator
