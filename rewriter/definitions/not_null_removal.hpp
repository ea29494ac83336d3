// ALTER COLUMN DROP NOT NULL, where NOT NULL may be a CHECK that Occam set later: it is looked for
// by what it says: its name stays when the column or the table is renamed, and a CHECK of the
// client's own stays, as it does on PostgreSQL. Knows the catalog;
// no parse tree.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rewriter/definitions/identifiers.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

struct NotNullRemoval {
  Relation table;
  std::vector<std::string> columns;
  std::string actions;  // of the ALTER TABLE, all of them
};

std::unique_ptr<const StepPlan> not_null_removal(NotNullRemoval removal);

}  // namespace occam::rewriter
