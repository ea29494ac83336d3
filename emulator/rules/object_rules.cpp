#include "emulator/rules/object_rules.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "emulator/rules/column_types.hpp"
#include "emulator/rules/sequence_rules.hpp"
#include "emulator/rules/setting_rules.hpp"

namespace emulator {
namespace {

Refusal refusal_of(std::string text) { return {"object", feature_not_supported, std::move(text)}; }

template <std::size_t size>
bool among(const std::array<std::string_view, size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// O LIM of CREATE; I of DROP and RENAME.
Refusal no_procedures() { return refusal_of("PROCEDURE is not supported"); }

// M EMU. A SET clause is refused as SET is: M, a third party's installer.
std::optional<Refusal> refuse_function(const Definition& function, Dialect dialect) {
  if (function.procedure) return no_procedures();
  if (!function.language.empty() && function.language != "sql")
    return refusal_of("CREATE FUNCTION with language " + function.language + " not supported");
  for (const auto& setting : function.settings)
    if (auto refusal = refuse_parameter(setting, dialect)) return refusal;
  return std::nullopt;
}

// Aggregates: M, a third party's installer; operators, collations and text search I. A base type is
// I, by the text of the other CREATE TYPE.
Refusal refuse_define(const Definition& definition) {
  return refusal_of(definition.object == "OBJECT_TYPE" ? "CREATE TYPE not supported"
                                                       : "unsupported statement: Define");
}

// TYPE: M EMU. What is listed has a DROP of its own kind or is documented; the rest is I. DROP
// DOMAIN: M, a third party's table of 2026-10-03. PostgreSQL says the text of CONCURRENTLY too, but
// only inside a transaction (M PIST).
std::optional<Refusal> refuse_drop(const Definition& drop) {
  static constexpr std::array<std::string_view, 9> droppable = {
      "OBJECT_TABLE",  "OBJECT_VIEW",     "OBJECT_INDEX",   "OBJECT_SEQUENCE",     "OBJECT_SCHEMA",
      "OBJECT_DOMAIN", "OBJECT_FUNCTION", "OBJECT_ROUTINE", "OBJECT_STATISTIC_EXT"};
  if (drop.object == "OBJECT_PROCEDURE") return no_procedures();
  // O LINT accepts DROP TRIGGER IF EXISTS.
  if (!among(droppable, drop.object) && drop.object != "OBJECT_TRIGGER")
    return refusal_of("unsupported object in DROP statement");
  if (drop.concurrently)
    return refusal_of("DROP INDEX CONCURRENTLY must be first action in transaction");
  if (drop.object == "OBJECT_DOMAIN" && drop.cascades)
    return refusal_of("DROP DOMAIN with CASCADE unsupported");
  return std::nullopt;
}

// TYPE: M EMU; the rest is I. An index can be renamed: M, a third party's table of 2026-10-03.
// Roles since 2026-04-24 (§8).
std::optional<Refusal> refuse_rename(const Definition& rename, Dialect dialect) {
  static constexpr std::array<std::string_view, 10> renamable = {
      "OBJECT_TABLE",    "OBJECT_COLUMN",        "OBJECT_VIEW",   "OBJECT_INDEX",
      "OBJECT_SEQUENCE", "OBJECT_TABCONSTRAINT", "OBJECT_SCHEMA", "OBJECT_FUNCTION",
      "OBJECT_DOMAIN",   "OBJECT_DOMCONSTRAINT"};
  if (rename.object == "OBJECT_PROCEDURE") return no_procedures();
  const bool role = rename.object == "OBJECT_ROLE" && dialect >= default_privileges_since;
  const bool routine = rename.object == "OBJECT_ROUTINE" || rename.object == "OBJECT_STATISTIC_EXT";
  if (role || routine || among(renamable, rename.object)) return std::nullopt;
  return refusal_of("unsupported object in RENAME statement");
}

// M ADR-DE of public; I of the others.
bool of_system(const std::string& schema) {
  static constexpr std::array<std::string_view, 4> schemas = {"public", "sys", "pg_catalog",
                                                              "information_schema"};
  return among(schemas, schema);
}

std::optional<Refusal> refuse_grant(const Definition& grant) {
  if (grant.object == "OBJECT_SCHEMA" &&
      std::any_of(grant.names.begin(), grant.names.end(), of_system))
    return refusal_of("feature not supported on system entity");
  return std::nullopt;
}

// Refused: M, a third party's table of 2026-10-03, which has no texts; they are I. The letters are
// the grammar's (AlterDomainStmt).
std::optional<Refusal> refuse_domain_action(const Definition& alteration) {
  const auto& letter = alteration.actions.front().type;
  if (letter == "O") return refusal_of("unsupported ALTER DOMAIN SET NOT NULL statement");
  if (letter == "C") return refusal_of("unsupported ALTER DOMAIN ADD CONSTRAINT statement");
  return std::nullopt;
}

// I, by the text of tables.
std::optional<Refusal> refuse_temporary(const Definition& definition, const char* what,
                                        const char* statement) {
  if (!definition.temporary) return std::nullopt;
  return refusal_of(std::string("TEMPORARY or TEMP ") + what + " not supported for " + statement);
}

}  // namespace

std::optional<Refusal> refuse_object(const Statement& statement, Dialect dialect) {
  const auto& node = statement.node;
  const auto& definition = *statement.definition;
  if (node == "CreateFunction") return refuse_function(definition, dialect);
  if (node == "CreateDomain") return refuse_type(*definition.type, dialect);
  if (node == "AlterDomain") return refuse_domain_action(definition);
  if (node == "Define") return refuse_define(definition);
  if (node == "Drop") return refuse_drop(definition);
  if (node == "Rename") return refuse_rename(definition, dialect);
  if (node == "Grant") return refuse_grant(definition);
  if (node == "View") return refuse_temporary(definition, "view", "CREATE VIEW");
  if (node == "CreateSeq") {
    if (auto refusal = refuse_temporary(definition, "sequence", "CREATE SEQUENCE")) return refusal;
    return refuse_sequence(definition);
  }
  return std::nullopt;
}

}  // namespace emulator
