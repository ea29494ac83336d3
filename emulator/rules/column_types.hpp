// Which types a column may have, and how DSQL calls a type in its errors (facts/dsql.md §3.5).
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/rules/dialect.hpp"
#include "emulator/rules/refusal.hpp"
#include "emulator/statement/definition.hpp"

namespace emulator {

// As PostgreSQL's format_type shows it, without modifiers: "int4" is "integer".
std::string displayed(std::string_view inner_name);
std::string displayed(const TypeName& type);

// Of a column, or of the base of a domain. A type that is not PostgreSQL's own passes: PostgreSQL
// knows whether there is one.
std::optional<Refusal> refuse_type(const TypeName& type, Dialect dialect);

// Of a column, by its inner name, in a primary key, a unique constraint or an index.
std::optional<Refusal> refuse_key_type(std::string_view inner_name, Dialect dialect);

}  // namespace emulator
