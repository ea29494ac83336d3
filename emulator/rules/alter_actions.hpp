// The actions of ALTER TABLE by their names: as DSQL prints them, and since when it has them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "emulator/rules/dialect.hpp"

namespace emulator {

// "ALTER COLUMN ... SET NOT NULL" for "AT_SetNotNull".
std::string printed(std::string_view action);
// Whether there is such an action at all, whatever it says.
bool may_alter(std::string_view action, Dialect dialect);

}  // namespace emulator
