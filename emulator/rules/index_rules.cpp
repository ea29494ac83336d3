#include "emulator/rules/index_rules.hpp"

#include <algorithm>

#include "emulator/rules/key_rules.hpp"

namespace emulator {
namespace {

Refusal refusal_of(const char* text) { return {"index", feature_not_supported, text}; }

// What stands around the key. M; WHERE before 2026-09-15.
std::optional<Refusal> refuse_clauses(const IndexDefinition& index, bool async, Dialect dialect,
                                      bool sync_allowed) {
  if (index.concurrently) return refusal_of("CONCURRENTLY not supported for CREATE INDEX");
  if (index.method) return refusal_of("USING not supported for CREATE INDEX");
  if (index.predicate && dialect < partial_indexes_since)
    return refusal_of("WHERE not supported for CREATE INDEX");
  if (!async && !sync_allowed)
    return refusal_of("unsupported mode. please use CREATE INDEX ASYNC.");
  return std::nullopt;
}

// M; NULLS FIRST and NULLS LAST are allowed. Expressions before 2026-08-13: the text is I.
std::optional<Refusal> refuse_parts(const IndexDefinition& index, Dialect dialect) {
  for (const auto& part : index.parts) {
    if (part.column.empty() && dialect < expression_indexes_since)
      return refusal_of("expressions not supported for index keys");
    if (part.sorted) return refusal_of("specifying sort order not supported for index keys");
    if (part.opclass) return refusal_of("opclass not supported for index keys");
  }
  const bool computed = std::any_of(index.included.begin(), index.included.end(),
                                    [](const IndexPart& part) { return part.column.empty(); });
  if (computed) return refusal_of("expressions are not supported in included columns");
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> refuse_index(const IndexDefinition& index, bool async, Dialect dialect,
                                    const Circumstances& circumstances) {
  if (auto refusal = refuse_clauses(index, async, dialect, circumstances.sync_indexes))
    return refusal;
  if (auto refusal = refuse_parts(index, dialect)) return refusal;
  std::vector<std::string> types;
  for (const auto& part : index.parts)
    types.push_back(part.column.empty() ? "" : circumstances.type_of(index.table, part.column));
  return refuse_key(types, dialect);
}

}  // namespace emulator
