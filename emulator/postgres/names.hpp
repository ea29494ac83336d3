// Names and values as they may stand in a text for PostgreSQL. Pure.
#pragma once

#include <string>
#include <string_view>

namespace emulator {

std::string quoted(std::string_view name);
// "schema.name" or "name", as emulator/statement gives them.
std::string quoted_relation(std::string_view table);
std::string literal(std::string_view text);

}  // namespace emulator
