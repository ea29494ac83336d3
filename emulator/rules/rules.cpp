#include "emulator/rules/rules.hpp"

#include "emulator/rules/alter_rules.hpp"
#include "emulator/rules/index_rules.hpp"
#include "emulator/rules/locking_rules.hpp"
#include "emulator/rules/object_rules.hpp"
#include "emulator/rules/setting_rules.hpp"
#include "emulator/rules/statement_rules.hpp"
#include "emulator/rules/table_rules.hpp"

namespace emulator {

std::optional<Refusal> refuse(const Statement& statement, Dialect dialect,
                              const Circumstances& circumstances) {
  if (auto refusal = refuse_setting(statement, dialect)) return refusal;
  if (auto refusal = refuse_statement(statement, dialect)) return refusal;
  if (const auto& definition = statement.definition) {
    if (statement.node == "Create") return refuse_table(*definition, dialect);
    if (statement.node == "Index")
      return refuse_index(*definition->index, statement.async, dialect, circumstances);
    if (statement.node == "AlterTable")
      return refuse_alteration(*definition, statement.async, dialect, circumstances);
    if (auto refusal = refuse_object(statement, dialect)) return refusal;
  }
  return refuse_locks(statement, dialect, circumstances);
}

}  // namespace emulator
