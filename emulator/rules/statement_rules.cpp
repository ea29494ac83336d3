#include "emulator/rules/statement_rules.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "emulator/rules/setting_rules.hpp"

namespace emulator {
namespace {

Refusal unsupported_statement(const std::string& node) {
  return {node == "Lock" ? "lock_table" : "statement", feature_not_supported,
          "unsupported statement: " + node};
}

template <typename Words>
bool among(const Words& words, std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// Refused whatever they say, as "unsupported statement: <node>".
constexpr std::string_view unknown_statements[] = {
    // §3.1, M or O.
    "Truncate", "CreateExtension", "Createdb", "CreateTableAs", "CompositeType", "CreateRange",
    "CreateTableSpace", "CreateForeignTable", "Listen", "Notify", "Unlisten", "AlterSystem", "Lock",
    "DeclareCursor", "CreatePolicy",
    // M, texts in third parties' installers of 2026: DO blocks, rules.
    "Do", "Rule",
    // Rejected by dsql-lint's grammar (§3.1, O), the text I.
    "Prepare", "Execute", "Discard", "Load",
    // I: what goes with those above, or needs what DSQL has not.
    "Fetch", "ClosePortal", "Dropdb", "AlterDatabase", "AlterDatabaseSet",
    "AlterDatabaseRefreshColl", "AlterPolicy", "AlterExtension", "AlterExtensionContents",
    "DropTableSpace", "AlterTableSpaceOptions", "AlterTableMoveAll", "RefreshMatView",
    "CreateEventTrig", "AlterEventTrig", "CreatePLang", "CreateFdw", "AlterFdw",
    "CreateForeignServer", "AlterForeignServer", "CreateUserMapping", "AlterUserMapping",
    "DropUserMapping", "ImportForeignSchema", "CreatePublication", "AlterPublication",
    "CreateSubscription", "AlterSubscription", "DropSubscription", "CreateAm", "CreateCast",
    "CreateConversion", "CreateOpClass", "CreateOpFamily", "AlterOpFamily", "CreateTransform",
    "AlterTSDictionary", "AlterTSConfiguration", "AlterOperator", "AlterCollation", "Reindex",
    "Cluster", "CheckPoint", "SecLabel"};

// §3.1; I for AlterType. CREATE TYPE ... AS ENUM was recorded with another text on 2026-09-18 (M
// EMU) than in October (M PIST).
std::optional<Refusal> refuse_by_name(const Statement& statement, Dialect dialect) {
  const auto& node = statement.node;
  if (node == "CreateTrig")
    return Refusal{"statement", feature_not_supported, "CREATE TRIGGER not supported"};
  if (node == "AlterEnum" || node == "AlterType")
    return Refusal{"statement", feature_not_supported, "ALTER TYPE not supported"};
  if (node == "CreateEnum")
    return dialect < create_enum_reworded_since
               ? Refusal{"statement", feature_not_supported, "CREATE TYPE not supported"}
               : unsupported_statement(node);
  if (node == "Merge")
    return Refusal{"statement", feature_not_supported, "unsupported statement type: MERGE"};
  if (statement.form == "VACUUM")
    return Refusal{"statement", feature_not_supported, "unsupported VACUUM statement"};
  return std::nullopt;
}

// What PostgreSQL has one node for and DSQL tells apart. SELECT INTO is CREATE TABLE AS to
// PostgreSQL too; I for its text and for those of a named DEALLOCATE and of COPY (§3.1, O).
std::optional<Refusal> refuse_by_form(const Statement& statement) {
  if (statement.node == "Select" && statement.kind == Kind::ddl)
    return unsupported_statement("CreateTableAs");
  const bool named = statement.node == "Deallocate" && statement.form != "ALL";
  if (named || statement.form == "FILE") return unsupported_statement(statement.node);
  return std::nullopt;
}

// §8: since when there are such statements; the texts before that are I.
std::optional<Refusal> refuse_by_day(const Statement& statement, Dialect dialect) {
  const auto& node = statement.node;
  const bool early =
      ((node == "CreateSeq" || node == "AlterSeq") && dialect < sequences_since) ||
      (node == "AlterDefaultPrivileges" && dialect < default_privileges_since) ||
      ((node == "CreateStats" || node == "AlterStats") && dialect < statistics_since);
  if (early) return unsupported_statement(node);
  return std::nullopt;
}

// Advisory locks: §1.6 (M); the SQLSTATE is presumed. Text search and geometry: M EMU 2026-09, with
// the configuration named; I for the same functions without it.
std::optional<Refusal> refuse_functions(const Statement& statement) {
  static constexpr std::string_view searching[] = {"to_tsvector", "to_tsquery", "plainto_tsquery",
                                                   "phraseto_tsquery", "websearch_to_tsquery"};
  static constexpr std::string_view shapes[] = {"line", "circle"};
  for (const auto& function : statement.functions) {
    if (function == "wait_for_job" && statement.node != "Call")  // M EMU; the argument as recorded
      return Refusal{"function", "42809", "sys.wait_for_job(text) is a procedure"};
    if (function.starts_with("pg_advisory_") || function.starts_with("pg_try_advisory_"))
      return Refusal{"advisory_lock", feature_not_supported,
                     "function " + function + " not supported"};
    if (among(searching, function))
      return Refusal{"function", undefined_object,
                     "text search configuration \"english\" does not exist"};
    if (among(shapes, function))
      return Refusal{"function", feature_not_supported, "datatype " + function + " not supported"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> refuse_statement(const Statement& statement, Dialect dialect) {
  // §1.6 (M); I for two-phase commit.
  if (!statement.word.empty())
    return Refusal{statement.kind == Kind::savepoint ? "savepoint" : "statement",
                   feature_not_supported, "unsupported transaction statement: " + statement.word};
  if (statement.kind == Kind::begin) return refuse_isolation(statement);
  if (among(unknown_statements, statement.node)) return unsupported_statement(statement.node);
  if (auto refusal = refuse_by_name(statement, dialect)) return refusal;
  if (auto refusal = refuse_by_form(statement)) return refusal;
  if (auto refusal = refuse_by_day(statement, dialect)) return refusal;
  if (statement.samples)  // §3.1 (M)
    return Refusal{"statement", feature_not_supported, "TABLESAMPLE clause not supported"};
  return refuse_functions(statement);
}

}  // namespace emulator
