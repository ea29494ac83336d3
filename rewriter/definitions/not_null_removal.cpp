#include "rewriter/definitions/not_null_removal.hpp"

#include <utility>

#include "rewriter/definitions/constraint_look.hpp"

namespace occam::rewriter {
namespace {

std::string look_text(const NotNullRemoval& removal) {
  std::vector<std::string> columns;
  for (const auto& column : removal.columns) columns.push_back(quote_literal(column));
  return "SELECT k.conname FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_attribute a ON "
         "a.attrelid = k.conrelid WHERE k.conrelid = " +
         removal.table.regclass() + " AND a.attname IN (" + joined(columns, ", ") + ") AND " +
         proves_not_null("k", "a");
}

std::string altering_text(const NotNullRemoval& removal, const std::vector<std::string>& checks) {
  std::string text = "ALTER TABLE " + removal.table.quoted() + " " + removal.actions;
  for (const auto& check : checks) text += ", DROP CONSTRAINT IF EXISTS " + quote_ident(check);
  return text;
}

class NotNullRemovalSteps : public Steps {
 public:
  explicit NotNullRemovalSteps(NotNullRemoval removal) : removal_(std::move(removal)) {}

  Order begin() override { return Order::run(look_text(removal_)); }

  Order next(const Outcome& outcome) override {
    if (outcome.failed()) return Order::fail(outcome);
    if (std::exchange(looked_, true)) return Order::complete("ALTER TABLE");
    std::vector<std::string> checks;
    for (const auto& row : outcome.rows) {
      if (!row.empty() && row.front()) checks.push_back(*row.front());
    }
    return Order::run(altering_text(removal_, checks));
  }

  static std::vector<std::string> texts(const NotNullRemoval& removal) {
    return {look_text(removal), altering_text(removal, {})};
  }

 private:
  NotNullRemoval removal_;
  bool looked_ = false;
};

}  // namespace

std::unique_ptr<const StepPlan> not_null_removal(NotNullRemoval removal) {
  return std::make_unique<PlanOf<NotNullRemovalSteps, NotNullRemoval>>(std::move(removal));
}

}  // namespace occam::rewriter
