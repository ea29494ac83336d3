// What one SQL statement does, as far as the relay must know it: plain values, no parse tree.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace occam::rewriter {

enum class StatementKind {
  begin,                 // BEGIN, START TRANSACTION
  commit,                // COMMIT, END (AND CHAIN included)
  rollback,              // ROLLBACK, ABORT
  savepoint,             // SAVEPOINT, RELEASE, ROLLBACK TO
  prepared_transaction,  // PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED
  read,   // SELECT/VALUES/SHOW/EXPLAIN without ANALYZE that by its text writes nothing: no lock
          // clause, no INTO, no data-modifying CTE, no function outside a short list of built-ins
          // without side effects
  write,  // INSERT, UPDATE, DELETE, MERGE, SELECT with a lock clause or any other function,
          // TRUNCATE
  ddl,    // CREATE, ALTER, DROP, GRANT, COMMENT, REINDEX ...
  set,    // SET, RESET, set_config(): session state that a new connection would not have
  deallocate,      // DEALLOCATE name
  deallocate_all,  // DEALLOCATE ALL
  discard,         // DISCARD ALL and its parts
  sql_prepare,     // PREPARE name AS
  sql_execute,     // EXECUTE name
  cursor,          // DECLARE, FETCH, MOVE, CLOSE
  copy,            // COPY
  procedure,       // CALL, DO: may commit inside
  listen,          // LISTEN, UNLISTEN, NOTIFY
  maintenance,     // VACUUM, ANALYZE, CHECKPOINT, CLUSTER, LOAD, CREATE DATABASE, anything
                   // CONCURRENTLY: not transactional
  unknown,         // anything else: nothing may be assumed of it
};

// A word for logs and metric labels, e.g. "deallocate_all".
const char* name(StatementKind kind);

// What a SET or RESET does to the settings of its connection, such that it can be said again on
// another one.
struct SettingChange {
  enum class Kind {
    set,
    reset,
    reset_all,
    discard_all,  // commits at once: never in a transaction block, but first in a pipeline
    local,        // SET LOCAL: over with its transaction, in which others may build on it
  };
  Kind kind = Kind::set;
  std::string name;  // set, reset: in lower case, as PostgreSQL compares them
  std::string sql;   // set: the statement that sets it so, as it was sent; otherwise empty

  bool operator==(const SettingChange&) const = default;
};

struct Statement {
  StatementKind kind = StatementKind::unknown;
  bool locks = false;  // carries a locking clause
  bool calls = false;  // a function or operator outside the short list
  bool chain = false;  // COMMIT or ROLLBACK AND CHAIN: a new transaction begins at once
  bool holds_session_state =
      false;  // leaves something on the connection after COMMIT: SET (not LOCAL), LISTEN,
              // PREPARE, temporary table, DECLARE WITH HOLD, advisory lock
  std::optional<SettingChange> setting;  // all that it leaves, or takes back, is this
  std::string name;  // deallocate, sql_prepare, sql_execute: the prepared statement's name
  std::vector<std::string> tables;  // names without schema, as met, without doubles
};

}  // namespace occam::rewriter
