// A constraint added as DSQL adds them: not valid first, then validated behind the answer
// (facts/dsql.md §3.4); a unique one from an index built before. Knows the catalog; no parse tree.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rewriter/definitions/identifiers.hpp"
#include "rewriter/definitions/index_build.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

struct ConstraintAddition {
  Relation table;
  std::string name;
  // CHECK (...) or FOREIGN KEY ...; empty: it exists, and is only to be validated.
  std::string definition;
  Outcome violated;  // what the client is told if rows break it
  // One that is there counts as added, by a run that broke off; else it is the error that it is.
  bool adopts = false;
  // SQL over pg_constraint: whether one of the name may be it at all, for a name stays when its
  // column is renamed. Empty: it may.
  std::string own = {};
};

std::unique_ptr<const StepPlan> constraint_addition(ConstraintAddition addition);

// Over the index that `build` makes, which has the constraint's name.
std::unique_ptr<const StepPlan> unique_addition(IndexBuild build, bool adopts,
                                                std::string own = {});

// What PostgreSQL says of rows that break a constraint when it is added.
Outcome check_violated(const Relation& table, const std::string& name);
Outcome foreign_key_violated(const Relation& table, const std::string& name);
Outcome holds_nulls(const Relation& table, const std::string& column);

// NOT NULL as a constraint of DSQL's. A client writes it otherwise, so that it is known by what it
// says, whatever it is called after a rename: CHECK (column IS NOT NULL AND true).
std::string not_null_words(std::string_view column);
std::string not_null_name(const Relation& table, std::string_view column);
ConstraintAddition not_null(const Relation& table, std::string_view column, bool adopts);

}  // namespace occam::rewriter
