// What lies anywhere in a statement's tree, gathered in one walk. Knows SQL, no rule of ours.
#pragma once

#include <string>
#include <vector>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

struct Contents {
  bool locks = false;               // a locking clause
  bool creates_table = false;       // SELECT INTO
  bool temporary = false;           // names a temporary relation
  bool modifies = false;            // INSERT, UPDATE, DELETE, MERGE at the top or in WITH
  bool unproven_call = false;       // a function or operator not known to be harmless
  bool unknown_node = false;        // anything else that a plain query does not hold
  bool sets = false;                // set_config()
  bool sets_for_session = false;    // the same, beyond the transaction
  bool advisory = false;            // takes or frees an advisory lock
  std::vector<std::string> tables;  // without schema, WITH queries left out, without doubles
};

Contents contents_of(Node statement);

}  // namespace occam::rewriter
