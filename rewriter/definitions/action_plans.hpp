// The single actions of ALTER TABLE that take steps by themselves: types, NOT NULL, constraints.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rewriter/definitions/identifiers.hpp"
#include "rewriter/definitions/questions.hpp"
#include "rewriter/definitions/source_words.hpp"
#include "rewriter/steps.hpp"

namespace occam::rewriter {

// An AlterTableCmd, and where its words stand.
struct AlterAction {
  Node node;
  Span span;

  std::string_view type() const { return node.text("subtype"); }
  // The column or constraint that it is about; empty if it names none.
  std::string column() const {
    return std::string(type() == "AT_AddColumn" ? node.at("def").text("colname")
                                                : node.text("name"));
  }
};

// Sets `plan`, or says why there is none.
Refused plan_action(const AlterAction& action, const Relation& table, const SourceWords& words,
                    std::unique_ptr<const StepPlan>& plan);

}  // namespace occam::rewriter
