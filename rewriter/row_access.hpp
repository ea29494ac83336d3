// What a statement does to single rows of tables that a rule keeps by version, as far as the relay
// must know to keep a lock's meaning where the lock is not sent. Plain values: SQL stays in this
// room, rows and parameters in the relay's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace occam::rewriter {

// Where the value of a column comes from when the statement is executed.
struct ValueSource {
  enum class Kind {
    parameter,  // `number` of the client's Bind, from 1
    literal,    // `literal`, as a parameter in text format
    output,     // column `number` of each row of the answer, from 0: the column itself, unchanged
  };
  Kind kind = Kind::parameter;
  std::size_t number = 0;
  std::string literal;
};

// One row, and how Occam locks it.
struct RowKey {
  std::string table;             // the rule's name for it
  std::vector<ValueSource> key;  // in the order of the rule's `key`
  // The version that the statement reads, or itself asks for.
  std::optional<ValueSource> version;
  // SELECT 1 FROM <table as the client wrote it> WHERE <key> FOR UPDATE; the key is $1, $2, ...
  std::string lock;
  // The same, and fails with division_by_zero (22012) unless the row's version is that of the
  // parameter behind the key. Empty where the version needs no second look: on Aurora DSQL a
  // transaction sees one snapshot, and the lock is judged at COMMIT (facts/dsql.md §1.1).
  std::string check;
};

// Of a text with one statement only.
struct RowAccess {
  enum class Kind {
    // Its locking clause was cut. The rows of its answer are remembered, and each is locked before
    // the transaction ends unless it was written under its version until then.
    read,
    // Takes FOR UPDATE on the row by itself.
    locked,
    // UPDATE or DELETE of this row and no other: nothing but the key, and perhaps the version, is
    // in its WHERE.
    write,
  };
  Kind kind = Kind::read;
  std::vector<RowKey> rows;  // read: one for each table that was locked; else one

  // write, under update: version_check, where WHERE does not ask for the version itself. Empty
  // otherwise.
  // The text for Parse: as Rewrite::text, and `(version = $hidden OR $hidden IS NULL)`.
  std::string parse_text;
  std::size_t hidden = 0;  // its number: one above the highest that the client's text has
  // For a simple Query: Rewrite::text with `literal_before` + the value, quoted, + `literal_after`
  // put in at `literal_at`.
  std::size_t literal_at = 0;
  std::string literal_before;
  std::string literal_after;
  // write: the row must have been locked FOR UPDATE before, since others may hold FOR KEY SHARE.
  bool locks_first = false;
};

}  // namespace occam::rewriter
