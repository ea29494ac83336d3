#include "emulator/rules/key_rules.hpp"

#include "emulator/rules/column_types.hpp"

namespace emulator {
namespace {

// facts/dsql.md §2 (M EMU).
constexpr std::size_t most_key_columns = 8;

}  // namespace

// In the order observed for indexes (§3.3, M MINI).
std::optional<Refusal> refuse_key(const std::vector<std::string>& types, Dialect dialect) {
  for (const auto& type : types)
    if (auto refusal = refuse_key_type(type, dialect)) return refusal;
  if (types.size() > most_key_columns)
    return Refusal{"key", too_many_columns,
                   "more than 8 column keys in an index are not supported"};
  return std::nullopt;
}

}  // namespace emulator
