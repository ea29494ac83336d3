#include "emulator/rules/alter_rules.hpp"

#include <algorithm>

#include "emulator/rules/alter_actions.hpp"
#include "emulator/rules/column_types.hpp"
#include "emulator/rules/sequence_rules.hpp"

namespace emulator {
namespace {

Refusal refusal_of(std::string text) { return {"alter", feature_not_supported, std::move(text)}; }

Refusal unsupported_action(const Action& action) {
  return refusal_of("unsupported ALTER TABLE " + printed(action.type) + " statement");
}

// M EMU: any constraint but a bare NULL, COLLATE apart; types as in CREATE TABLE. Which of them
// comes first is I.
std::optional<Refusal> refuse_added_column(const Column& column, Dialect dialect) {
  const bool constrained =
      std::any_of(column.constraints.begin(), column.constraints.end(),
                  [](const Constraint& one) { return one.kind != ConstraintKind::null; });
  if (constrained) return refusal_of("ALTER TABLE ADD COLUMN with constraint not supported");
  if (column.collated) return refusal_of("COLLATE clause not supported");
  return refuse_type(column.type, dialect);
}

// M EMU: CHECK and FOREIGN KEY with NOT VALID, and UNIQUE USING INDEX. DEFERRABLE: M MINI.
std::optional<Refusal> refuse_added_constraint(const Action& action, Dialect dialect) {
  const auto& constraint = *action.constraint;
  switch (constraint.kind) {
    case ConstraintKind::check:
      if (!constraint.valid) return std::nullopt;
      break;
    case ConstraintKind::foreign_key:
      if (constraint.valid) break;
      if (dialect >= foreign_keys_since) return std::nullopt;
      return refusal_of("FOREIGN KEY constraint not supported");
    case ConstraintKind::unique:
      if (constraint.index.empty()) break;
      if (!constraint.deferrable) return std::nullopt;
      return refusal_of(
          "ALTER TABLE / ADD CONSTRAINT UNIQUE / DEFERRED / INITIALLY DEFERRED not supported");
    default:
      break;
  }
  return unsupported_action(action);
}

// M EMU for the column, M PIST for the constraint.
std::optional<Refusal> refuse_dropping(const Action& action, const std::string& table,
                                       const Circumstances& circumstances) {
  if (action.type == "AT_DropColumn") {
    const auto key = circumstances.key_of(table);
    if (std::find(key.begin(), key.end(), action.name) != key.end())
      return refusal_of("cannot drop primary key column " + action.name);
  } else if (action.name == circumstances.key_name_of(table)) {
    return unsupported_action(action);
  }
  return std::nullopt;
}

// SET CACHE is only looked at where it is written; I that the rule holds there too.
std::optional<Refusal> refuse_identity_action(const Action& action, Dialect dialect) {
  if (action.type == "AT_SetIdentity" && !action.constraint->cache) return std::nullopt;
  return refuse_identity(action.constraint->cache, dialect);
}

std::optional<Refusal> refuse_action(const Action& action, const std::string& table, bool async,
                                     Dialect dialect, const Circumstances& circumstances) {
  // I: VALIDATE CONSTRAINT is the one form documented with ASYNC.
  const bool misplaced_async = async && action.type != "AT_ValidateConstraint";
  if (misplaced_async || !may_alter(action.type, dialect)) return unsupported_action(action);
  if (action.type == "AT_AddColumn" && action.column)
    return refuse_added_column(*action.column, dialect);
  if (action.type == "AT_AddConstraint" && action.constraint)
    return refuse_added_constraint(action, dialect);
  if (action.type == "AT_DropColumn" || action.type == "AT_DropConstraint")
    return refuse_dropping(action, table, circumstances);
  const bool identity = action.type == "AT_AddIdentity" || action.type == "AT_SetIdentity";
  if (identity && action.constraint) return refuse_identity_action(action, dialect);
  if (action.type == "AT_ValidateConstraint" && !async) return unsupported_action(action);  // M EMU
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> refuse_alteration(const Definition& alteration, bool async, Dialect dialect,
                                         const Circumstances& circumstances) {
  // ALTER TYPE ... ADD ATTRIBUTE; I, by the text of ADD VALUE.
  if (alteration.object == "OBJECT_TYPE") return refusal_of("ALTER TYPE not supported");
  // What ALTER VIEW and ALTER SEQUENCE do to a view or a sequence works.
  if (alteration.object == "OBJECT_VIEW" || alteration.object == "OBJECT_SEQUENCE")
    return std::nullopt;
  for (const auto& action : alteration.actions)
    if (auto refusal =
            refuse_action(action, alteration.names.front(), async, dialect, circumstances))
      return refusal;
  return std::nullopt;
}

}  // namespace emulator
