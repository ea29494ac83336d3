// What a key may consist of: of a primary key, a unique constraint or an index. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"

namespace emulator {

// `types` are the inner names of the columns' types, empty where unknown or an expression.
std::optional<Refusal> refuse_key(const std::vector<std::string>& types, Dialect dialect);

}  // namespace emulator
