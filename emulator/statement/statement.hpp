// What the emulator must know of one SQL text: plain values, no parse tree. Knows SQL, never a
// session or a dialect. Pure; owns all it returns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/statement/definition.hpp"

namespace emulator {

// How a statement is run, and the label of its counter.
enum class Kind {
  begin,      // BEGIN, START TRANSACTION
  commit,     // COMMIT, END
  rollback,   // ROLLBACK, ABORT
  savepoint,  // SAVEPOINT, RELEASE, ROLLBACK TO: always refused
  read,       // leaves no trace: SELECT, VALUES, EXPLAIN
  lock,       // SELECT with a locking clause
  write,      // INSERT, UPDATE, DELETE, MERGE, a SELECT around one of them
  session,    // SET, SHOW, RESET, DEALLOCATE ...: never inside a savepoint, it would be undone
  ddl,        // CREATE, ALTER, DROP, GRANT, TRUNCATE ...
  copy,       // COPY
  other,      // CALL, DO, EXECUTE, cursors, maintenance: nothing is assumed of it
  unparsed,   // a syntax error, or too long to parse
};
const char* name(Kind kind);
// Begins or ends a transaction.
constexpr bool controls(Kind kind) {
  return kind == Kind::begin || kind == Kind::commit || kind == Kind::rollback;
}

// In rising order of strength.
enum class LockStrength { none, key_share, share, no_key_update, update };

// One locking clause's effect on one FROM item.
struct LockedItem {
  std::string alias;  // as the statement calls it
  std::string table;  // empty for a sub-select
  LockStrength strength = LockStrength::none;
};

// A SELECT, at any depth, that carries locking clauses on at least one FROM item.
struct LockedSelect {
  std::vector<LockedItem> items;
  std::vector<std::string> equal_columns;  // unqualified, compared by = with a constant, ANDed
  bool outermost = false;                  // the statement itself, not a part of it
};

// An UPDATE or DELETE that is the whole statement.
struct Change {
  std::string table;
  std::string alias;
  std::vector<std::string> columns;        // assigned by UPDATE
  std::vector<std::string> equal_columns;  // as in LockedSelect
  bool deletes = false;
  bool returns = false;  // has a RETURNING clause
};

struct Statement {
  Kind kind = Kind::unparsed;
  std::string node;       // the grammar's name for it without "Stmt": Select, CreateTableAs
  std::size_t begin = 0;  // the statement's place in the text, in bytes
  std::size_t length = 0;
  std::vector<std::string> tables;     // all relations named, "schema.name" or "name"
  std::vector<std::string> written;    // those an INSERT, UPDATE, DELETE or MERGE names
  std::vector<std::string> functions;  // unqualified, as called
  std::vector<LockedSelect> locked;
  Change change;
  std::int64_t inserted_rows = 0;  // INSERT of a list of VALUES: how many; 0: any other
  std::size_t from_at = 0;         // lock: where the outermost FROM begins in the text; 0: unknown
  bool selects_nothing = false;    // lock: an empty select list
  std::vector<std::size_t> update_at;  // lock: where UPDATE stands in its own FOR UPDATE clauses
  std::string word;       // a refused transaction statement: SAVEPOINT, ROLLBACK TO ...
  std::string isolation;  // asked for by BEGIN or SET, in capitals
  std::string parameter;  // session: the parameter of SET, RESET or SHOW; empty for ALL
  std::string value;      // what SET sets it to, if that is one literal
  bool sets = false;      // SET with a value or DEFAULT, not RESET or SHOW
  bool resets = false;    // RESET
  std::vector<std::string> configured;  // named by literals in calls of set_config()
  bool chains = false;                  // COMMIT AND CHAIN
  bool samples = false;                 // TABLESAMPLE, at any depth
  std::string form;  // DEALLOCATE: ALL; COPY: FILE, as opposed to STDIN and STDOUT; ANALYZE, VACUUM

  // What counts as DDL: CREATE, ALTER, DROP, GRANT, REVOKE, COMMENT and the like.
  bool defines = false;
  bool async = false;                            // ASYNC was written; the text has it blanked
  std::size_t async_at = 0;                      // and this is where
  std::shared_ptr<const Definition> definition;  // none where there is nothing to look into
  std::size_t longest_constant = 0;              // in bytes as written, quotes included

  bool names(std::string_view table) const;
  // What CREATE INDEX defines, or nothing.
  const IndexDefinition* index() const;
};

struct Parsed {
  std::string text;  // what to run: the client's; ASYNC, NOWAIT and SKIP LOCKED are blanked
  std::vector<Statement> statements;  // empty for an empty text
  std::string_view piece(const Statement& statement) const;
};

// Texts above this are not parsed; such a text is one statement, unparsed.
inline constexpr std::size_t longest_parsed = std::size_t{10} * 1024 * 1024;

// Call it from a fixed set of threads only (facts/peers.md C3).
Parsed parse(std::string_view text);

}  // namespace emulator
