#include "emulator/rules/alter_actions.hpp"

#include <limits>

namespace emulator {
namespace {

constexpr Dialect always{0};
constexpr Dialect never{std::numeric_limits<int>::max()};

struct Row {
  std::string_view action;
  std::string_view printed;
  Dialect since;
};

// The texts "unsupported ALTER TABLE <printed> statement" recorded for SET DATA TYPE, SET NOT NULL,
// SET STATISTICS, ADD and VALIDATE CONSTRAINT, DROP CONSTRAINT and ENABLE ROW SECURITY (§3.4, M
// EMU, LIM, PIST) hold the names that PostgreSQL's alter_table_type_to_string() has, so the other
// names are taken from there (I). What works: §3.4 (D ALT) and §3.1 (O LINT) for triggers; since
// when: §8. DROP EXPRESSION and SET STORAGE are undated there, and go with the others of July 2026
// (I); ALTER CONSTRAINT came with foreign keys.
constexpr Row rows[] = {
    {"AT_AddColumn", "ADD COLUMN", always},
    {"AT_ChangeOwner", "OWNER TO", always},
    {"AT_EnableTrig", "ENABLE TRIGGER", always},
    {"AT_EnableTrigAll", "ENABLE TRIGGER ALL", always},
    {"AT_EnableTrigUser", "ENABLE TRIGGER USER", always},
    {"AT_DisableTrig", "DISABLE TRIGGER", always},
    {"AT_DisableTrigAll", "DISABLE TRIGGER ALL", always},
    {"AT_DisableTrigUser", "DISABLE TRIGGER USER", always},
    {"AT_ColumnDefault", "ALTER COLUMN ... SET DEFAULT", alter_default_since},
    {"AT_DropNotNull", "ALTER COLUMN ... DROP NOT NULL", alter_default_since},
    {"AT_DropExpression", "ALTER COLUMN ... DROP EXPRESSION", alter_default_since},
    {"AT_SetStorage", "ALTER COLUMN ... SET STORAGE", alter_default_since},
    {"AT_AddIdentity", "ALTER COLUMN ... ADD IDENTITY", alter_default_since},
    {"AT_SetIdentity", "ALTER COLUMN ... SET", alter_default_since},
    {"AT_DropIdentity", "ALTER COLUMN ... DROP IDENTITY", alter_default_since},
    {"AT_DropConstraint", "DROP CONSTRAINT", alter_default_since},
    {"AT_DropColumn", "DROP COLUMN", not_valid_since},
    {"AT_AddConstraint", "ADD CONSTRAINT", not_valid_since},
    {"AT_ValidateConstraint", "VALIDATE CONSTRAINT", not_valid_since},
    {"AT_AlterConstraint", "ALTER CONSTRAINT", foreign_keys_since},
    {"AT_AlterColumnType", "ALTER COLUMN ... SET DATA TYPE", never},
    {"AT_SetNotNull", "ALTER COLUMN ... SET NOT NULL", never},
    {"AT_SetStatistics", "ALTER COLUMN ... SET STATISTICS", never},
    {"AT_SetCompression", "ALTER COLUMN ... SET COMPRESSION", never},
    {"AT_SetOptions", "ALTER COLUMN ... SET", never},
    {"AT_ResetOptions", "ALTER COLUMN ... RESET", never},
    {"AT_AlterColumnGenericOptions", "ALTER COLUMN ... OPTIONS", never},
    {"AT_EnableRowSecurity", "ENABLE ROW SECURITY", never},
    {"AT_DisableRowSecurity", "DISABLE ROW SECURITY", never},
    {"AT_ForceRowSecurity", "FORCE ROW SECURITY", never},
    {"AT_NoForceRowSecurity", "NO FORCE ROW SECURITY", never},
    {"AT_EnableAlwaysTrig", "ENABLE ALWAYS TRIGGER", never},
    {"AT_EnableReplicaTrig", "ENABLE REPLICA TRIGGER", never},
    {"AT_EnableRule", "ENABLE RULE", never},
    {"AT_EnableAlwaysRule", "ENABLE ALWAYS RULE", never},
    {"AT_EnableReplicaRule", "ENABLE REPLICA RULE", never},
    {"AT_DisableRule", "DISABLE RULE", never},
    {"AT_ClusterOn", "CLUSTER ON", never},
    {"AT_DropCluster", "SET WITHOUT CLUSTER", never},
    {"AT_SetAccessMethod", "SET ACCESS METHOD", never},
    {"AT_SetLogged", "SET LOGGED", never},
    {"AT_SetUnLogged", "SET UNLOGGED", never},
    {"AT_DropOids", "SET WITHOUT OIDS", never},
    {"AT_SetTableSpace", "SET TABLESPACE", never},
    {"AT_SetRelOptions", "SET", never},
    {"AT_ResetRelOptions", "RESET", never},
    {"AT_AddInherit", "INHERIT", never},
    {"AT_DropInherit", "NO INHERIT", never},
    {"AT_AddOf", "OF", never},
    {"AT_DropOf", "NOT OF", never},
    {"AT_ReplicaIdentity", "REPLICA IDENTITY", never},
    {"AT_GenericOptions", "OPTIONS", never},
    {"AT_AttachPartition", "ATTACH PARTITION", never},
    {"AT_DetachPartition", "DETACH PARTITION", never},
    {"AT_DetachPartitionFinalize", "DETACH PARTITION ... FINALIZE", never},
};

const Row* row_of(std::string_view action) {
  for (const auto& row : rows)
    if (row.action == action) return &row;
  return nullptr;
}

}  // namespace

std::string printed(std::string_view action) {
  const auto* row = row_of(action);
  return row == nullptr ? std::string() : std::string(row->printed);
}

// What is not listed is left to PostgreSQL.
bool may_alter(std::string_view action, Dialect dialect) {
  const auto* row = row_of(action);
  return row == nullptr || dialect >= row->since;
}

}  // namespace emulator
