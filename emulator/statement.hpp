// What the emulator must know of one SQL text: plain values, no parse tree. Knows SQL, never a
// session or a dialect. Pure; owns all it returns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

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
  std::vector<std::string> columns;  // assigned by UPDATE
  bool deletes = false;
  bool returns = false;  // has a RETURNING clause
};

struct Statement {
  Kind kind = Kind::unparsed;
  std::size_t begin = 0;  // the statement's place in the text, in bytes
  std::size_t length = 0;
  std::vector<std::string> tables;     // all relations named, "schema.name" or "name"
  std::vector<std::string> written;    // those an INSERT, UPDATE, DELETE or MERGE names
  std::vector<std::string> functions;  // unqualified, as called
  std::vector<LockedSelect> locked;
  Change change;
  std::size_t from_at = 0;       // lock: where the outermost FROM begins in the text; 0: unknown
  bool selects_nothing = false;  // lock: an empty select list
  std::string word;              // savepoint: SAVEPOINT, RELEASE, ROLLBACK TO
  std::string isolation;         // asked for by BEGIN or SET, in capitals
  std::string parameter;         // session: the parameter that SET sets
  bool sets = false;             // SET with a value, not RESET or SHOW
  bool locks_tables = false;     // LOCK TABLE
  bool chains = false;           // COMMIT AND CHAIN

  bool names(std::string_view table) const;
};

struct Parsed {
  std::string text;                   // what to run: the client's, NOWAIT and SKIP LOCKED blanked
  std::vector<Statement> statements;  // empty for an empty text
  std::string_view piece(const Statement& statement) const;
};

// Texts above this are not parsed; such a text is one statement, unparsed.
inline constexpr std::size_t longest_parsed = std::size_t{1024} * 1024;

// Call it from a fixed set of threads only (facts/peers.md C3).
Parsed parse(std::string_view text);

}  // namespace emulator
