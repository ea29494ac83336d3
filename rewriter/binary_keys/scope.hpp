// What a name means where it stands: the items of each FROM around it, from the inside out, as
// PostgreSQL resolves it (parse_relation.c). Knows which tables have binary keys; edits nothing.
// Views into the tree and the rules.
#pragma once

#include <string_view>
#include <vector>

#include "rewriter/parse_tree.hpp"
#include "rewriter/table_rules.hpp"

namespace occam::rewriter {

// One item of a FROM, or the table that is written to.
struct Source {
  std::string_view name;            // what its columns may be qualified with
  std::string_view schema;          // as written; of a table without alias only
  const TableRule* rule = nullptr;  // not null: a table with binary keys, under its own columns
  std::string_view table;           // its name where `rule` is not null
  bool known = false;               // `columns` are all that it has
  std::vector<std::string_view> columns;

  bool has_key(std::string_view column) const;
  bool has(std::string_view column) const;
};

struct Scope {
  std::vector<Source> sources;
  const Scope* outer = nullptr;
  bool merges = false;  // holds a JOIN ... USING, whose columns stand once in *
  // Whether a stored column may be used as it is: not where a query is grouped, since it may be
  // grouped by what the column was translated to.
  bool raw = true;
};

struct Meaning {
  enum class Kind {
    other,        // nothing of ours
    key,          // a binary key of `source`
    whole_row,    // the row of a table with binary keys
    uncertain,    // an outer query's binary key, unless a nearer table has a column of that name
    not_a_column  // qualified by a table with binary keys, but not among its columns
  };
  Kind kind = Kind::other;
  const Source* source = nullptr;
  const Scope* scope = nullptr;
};

// Of a column reference that is no star. `scope` may be null.
Meaning meaning_of(Node column_ref, const Scope* scope);

// The item that `t.*` stands for; null if there is none of that name.
const Source* source_of_star(Node column_ref, const Scope* scope);

// The rule of a table with binary keys; null for any other, and for PostgreSQL's own schemas.
const TableRule* rule_of(Node range_var, const TableRules& rules);
// The same of any table with a rule.
const TableRule* any_rule_of(Node range_var, const TableRules& rules);

}  // namespace occam::rewriter
