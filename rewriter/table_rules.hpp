// The rules for single tables, as the operator wrote them (config/temporal.yaml). Plain values.
#pragma once

#include <map>
#include <string>

namespace occam::rewriter {

// What becomes of FOR SHARE on a table; design of the choice: rewriter/README.md.
enum class ShareRule {
  auto_,       // FOR UPDATE until FOR KEY SHARE has been proven to fence on this upstream
  key_share,   // FOR KEY SHARE
  for_update,  // FOR UPDATE
  drop,        // no lock: weakens, so it must be asked for by name
};

struct TableRule {
  ShareRule share = ShareRule::for_update;
  std::string reason;  // shown by `occam explain`
};

struct TableRules {
  // By table name, without schema, as PostgreSQL folds it.
  std::map<std::string, TableRule, std::less<>> tables;
};

}  // namespace occam::rewriter
