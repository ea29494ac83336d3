// The rules for single tables, as the operator wrote them (config/temporal.yaml). Plain values.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace occam::rewriter {

// What becomes of FOR SHARE on a table; design of the choice: rewriter/README.md.
enum class ShareRule {
  auto_,       // FOR UPDATE until FOR KEY SHARE has been proven to fence on this upstream
  key_share,   // FOR KEY SHARE
  for_update,  // FOR UPDATE
  drop,        // no lock: weakens, so it must be asked for by name
};

// What becomes of FOR UPDATE on a table.
enum class UpdateRule {
  for_update,     // kept where the dialect takes it
  version_check,  // cut: the row's version is remembered, and checked when the row is written, or
                  // else locked before COMMIT
  primary_key,  // kept where the dialect takes it, else cut: what follows is an INSERT of the next
                // key, of which the primary key lets only one through
};

// Whether the number of rows that a DELETE took counts when a transaction is run again.
enum class DeleteRule {
  counted,  // another number is another answer
  blind,    // nobody looks at it
};

struct TableRule {
  ShareRule share = ShareRule::for_update;
  UpdateRule update = UpdateRule::for_update;
  // The primary key. Needed for version_check, for joins and ranges on the dialect 2025, and to let
  // an UPDATE through where share is key_share.
  std::vector<std::string> key{};
  // Changes with every update of the row, and never comes back to a value it had.
  std::string version{};
  DeleteRule deletes = DeleteRule::counted;
  std::string reason{};  // shown by `occam explain`

  // Columns of type bytea that are stored as hex text, since DSQL has no bytea in keys
  // (facts/dsql.md §3.5).
  std::vector<std::string> binary_keys{};
  // Every column of the table in its order; what * stands for where binary_keys is not empty.
  // Empty: * is refused there.
  std::vector<std::string> columns{};
  // The type a column is created with, by column name: DSQL cannot widen it later
  // (facts/dsql.md §3.4). As PostgreSQL writes it, such as "character varying(255)".
  std::map<std::string, std::string, std::less<>> types{};
  // It is there only while a schema is being made: nobody misses it.
  bool transient = false;
  // The primary key, if an autocommit DELETE above the row limit may run in slices: it is then not
  // atomic. Empty: it may not.
  std::vector<std::string> split{};
};

// What the operator should change where a limit of DSQL is met; shown as the error's hint.
struct LimitAdvice {
  std::string value;        // a value above 1 MiB
  std::string rows;         // 3,000 rows in a transaction
  std::string transaction;  // 10 MiB in a transaction
};

struct TableRules {
  // By table name, without schema, as PostgreSQL folds it.
  std::map<std::string, TableRule, std::less<>> tables;
  LimitAdvice advice;
};

}  // namespace occam::rewriter
