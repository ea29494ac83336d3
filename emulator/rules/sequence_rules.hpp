// Sequences and identity columns: CACHE must be written, and only bigint counts (facts/dsql.md
// §3.4). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"
#include "emulator/statement/definition.hpp"

namespace emulator {

std::optional<Refusal> refuse_sequence(const Definition& sequence);

// The options of a column's identity.
std::optional<Refusal> refuse_identity(std::optional<std::int64_t> cache, Dialect dialect);
// The type of an identity column.
std::optional<Refusal> refuse_identity_type(const TypeName& type);

}  // namespace emulator
