// How large the rows are that the open transaction has written. SQL out, answers in. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "emulator/postgres/catalog.hpp"
#include "emulator/rules/limits.hpp"

namespace emulator {

// One row: the largest value of each column that varies in length, then the largest row, then the
// largest entry of any index; of the rows that the open transaction has written.
std::string sizes_query(const std::string& table, const Layout& layout);
Sizes sizes_told(const std::vector<std::string>& row, const Layout& layout);

// One row with one column: the bytes of those rows and of their index entries.
std::string weight_query(const std::string& table, const Layout& layout);

}  // namespace emulator
