// What a CREATE, ALTER, DROP, RENAME or GRANT defines, as plain values: enough for the rules to
// refuse it and for jobs to run it. Names and words are the grammar's own (pg_query.proto:
// "OBJECT_TABLE", "AT_AddColumn"). Knows no dialect.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace emulator {

// A type as a column names it.
struct TypeName {
  // PostgreSQL's own by their inner names ("int4", "bpchar"), others as written, "schema.name".
  std::string name;
  bool array = false;
  std::int64_t modifier = 0;  // the first one, such as n of varchar(n); 0: none
};

enum class ConstraintKind {
  null,
  not_null,
  default_value,
  identity,
  generated,
  check,
  primary_key,
  unique,
  exclusion,
  foreign_key,
};

struct Constraint {
  ConstraintKind kind = ConstraintKind::null;
  std::string name;
  std::vector<std::string> columns;   // of a key; a column's own constraint names its column
  bool deferrable = false;            // DEFERRABLE or INITIALLY DEFERRED
  bool valid = true;                  // without NOT VALID
  std::string index;                  // USING INDEX
  std::optional<std::int64_t> cache;  // identity: CACHE
};

struct Column {
  std::string name;
  TypeName type;
  std::vector<Constraint> constraints;
  bool collated = false;
};

struct IndexPart {
  std::string column;   // empty: an expression
  bool sorted = false;  // ASC or DESC; NULLS FIRST and NULLS LAST do not count
  bool opclass = false;
};

// CREATE INDEX.
struct IndexDefinition {
  std::string name;  // empty: PostgreSQL chooses one
  std::string table;
  bool unique = false;
  bool if_not_exists = false;
  bool concurrently = false;
  bool method = false;     // USING is written
  bool predicate = false;  // WHERE
  bool nulls_not_distinct = false;
  std::vector<IndexPart> parts;
  std::vector<IndexPart> included;
};

// One action of ALTER TABLE; ALTER DOMAIN's has a letter of the grammar's as its type.
struct Action {
  std::string type;                      // "AT_AddColumn"
  std::string name;                      // of the column or constraint it is about
  std::optional<Column> column;          // AT_AddColumn, AT_AlterColumnType
  std::optional<Constraint> constraint;  // AT_AddConstraint, AT_AddIdentity, AT_SetIdentity
};

struct Definition {
  std::string object;              // what ALTER, DROP, RENAME and GRANT are about: "OBJECT_TABLE"
  std::vector<std::string> names;  // of what is created, dropped or granted on
  bool cascades = false;           // DROP ... CASCADE
  bool temporary = false;
  bool unlogged = false;
  // CREATE TABLE
  bool partitioned = false;  // PARTITION BY
  bool partition = false;    // PARTITION OF
  bool inherits = false;
  bool typed = false;  // OF type
  std::vector<Column> columns;
  std::vector<Constraint> constraints;
  // ALTER TABLE
  std::vector<Action> actions;
  // CREATE SEQUENCE
  std::optional<std::int64_t> cache;
  // CREATE DOMAIN: its base; CREATE SEQUENCE: AS
  std::optional<TypeName> type;
  // CREATE FUNCTION, empty where it is left out; DROP FUNCTION has none
  std::string language;
  std::vector<std::string> settings;  // its SET clauses
  bool procedure = false;
  // DROP INDEX
  bool concurrently = false;
  std::optional<IndexDefinition> index;
};

}  // namespace emulator
