#include "emulator/rules/sequence_rules.hpp"

#include "emulator/rules/column_types.hpp"

namespace emulator {
namespace {

bool may_cache(std::optional<std::int64_t> cache) {
  return cache && (*cache == 1 || *cache >= 65536);
}

// M EMU.
Refusal without_cache(const char* what) {
  return {"sequence", feature_not_supported,
          std::string(what) +
              " is not supported without an explicit cache size. please define CACHE greater than "
              "or equal to 65536 or equal to 1"};
}

}  // namespace

// D: bigint only; the text is I, by that of identity columns.
std::optional<Refusal> refuse_sequence(const Definition& sequence) {
  if (!may_cache(sequence.cache)) return without_cache("CREATE SEQUENCE");
  if (sequence.type && sequence.type->name != "int8")
    return Refusal{
        "sequence", feature_not_supported,
        "datatype " + displayed(*sequence.type) + " not supported, sequence type must be bigint"};
  return std::nullopt;
}

// Before there were sequences: I, by the text of foreign keys.
std::optional<Refusal> refuse_identity(std::optional<std::int64_t> cache, Dialect dialect) {
  if (dialect < sequences_since)
    return Refusal{"sequence", feature_not_supported, "IDENTITY constraint not supported"};
  if (!may_cache(cache)) return without_cache("identity column");
  return std::nullopt;
}

// M EMU.
std::optional<Refusal> refuse_identity_type(const TypeName& type) {
  if (type.name == "int8" && !type.array) return std::nullopt;
  return Refusal{
      "sequence", feature_not_supported,
      "datatype " + displayed(type) + " not supported, identity column type must be bigint"};
}

}  // namespace emulator
