#include "rewriter/definitions/action_plans.hpp"

#include <set>
#include <utility>
#include <vector>

#include "rewriter/definitions/column_type_change.hpp"
#include "rewriter/definitions/constraint_addition.hpp"
#include "rewriter/definitions/type_names.hpp"

namespace occam::rewriter {
namespace {

// PostgreSQL names a check after its column, if it has but one.
std::string only_column(Node expression) {
  std::set<std::string> columns;
  walk(expression, [&](Node node) {
    const auto names =
        node.type() == "ColumnRef" ? names_in(node.at("fields")) : std::vector<std::string>();
    if (!names.empty()) columns.insert(names.back());
    return true;
  });
  return columns.size() == 1 ? *columns.begin() : std::string();
}

class ActionPlans {
 public:
  ActionPlans(Relation table, const SourceWords& words) : table_(std::move(table)), words_(words) {}

  Refused plan(const AlterAction& action, std::unique_ptr<const StepPlan>& plan) const {
    if (action.type() == "AT_SetNotNull") {
      plan = constraint_addition(not_null(table_, action.column(), true));
      return nullptr;
    }
    if (action.type() == "AT_ValidateConstraint") {
      const std::string name(action.node.text("name"));
      plan = constraint_addition({table_, name, "", check_violated(table_, name)});
      return nullptr;
    }
    if (action.type() == "AT_AlterColumnType") return plan_type(action, plan);
    return plan_constraint(action, plan);
  }

 private:
  Refused plan_type(const AlterAction& action, std::unique_ptr<const StepPlan>& plan) const {
    const Node definition = action.node.at("def");
    if (definition.at("collClause")) {
      return refused("a collation cannot be given on Aurora DSQL",
                     "Its only collation is C: leave COLLATE out.");
    }
    if (definition.at("raw_default")) {
      return refused("ALTER COLUMN TYPE ... USING cannot be carried out on Aurora DSQL",
                     "Add a column of the new type, fill it with UPDATE, drop this one and rename "
                     "the new one. To widen integers or character varying, leave USING out.");
    }
    plan = column_type_change({table_, action.column(), spelled_type(definition.at("typeName"))});
    return nullptr;
  }

  Refused plan_constraint(const AlterAction& action, std::unique_ptr<const StepPlan>& plan) const {
    const Node constraint = action.node.at("def");
    if (is_contype(constraint, "CONSTR_UNIQUE")) return plan_unique(constraint, plan);
    const bool check = is_contype(constraint, "CONSTR_CHECK");
    std::string name(constraint.text("conname"));
    if (name.empty()) {
      name = check ? object_name(table_.name, only_column(constraint.at("raw_expr")), "check")
                   : object_name(table_.name, joined(names_in(constraint.at("fk_attrs")), "_"),
                                 "fkey");
    }
    std::size_t token = words_.token_at(location_of(constraint));
    while (!words_.is(token, check ? "check" : "foreign")) ++token;
    plan = constraint_addition(
        {table_, name, words_.text({words_.tokens()[token].begin, action.span.end}),
         check ? check_violated(table_, name) : foreign_key_violated(table_, name), false});
    return nullptr;
  }

  Refused plan_unique(Node constraint, std::unique_ptr<const StepPlan>& plan) const {
    if (constraint.flag("deferrable")) {
      return refused("a deferrable constraint of this kind cannot be had on Aurora DSQL",
                     "Leave DEFERRABLE out.");
    }
    const auto keys = names_in(constraint.at("keys"));
    std::string name(constraint.text("conname"));
    if (name.empty()) name = object_name(table_.name, joined(keys, "_"), "key");
    const auto list = [](std::vector<std::string> names) {
      for (auto& one : names) one = quote_ident(one);
      return "(" + joined(names, ", ") + ")";
    };
    std::string text = "CREATE UNIQUE INDEX ASYNC " + quote_ident(name) + " ON " + table_.quoted() +
                       " " + list(keys);
    if (const Node included = constraint.at("including"))
      text += " INCLUDE " + list(names_in(included));
    if (constraint.flag("nulls_not_distinct")) text += " NULLS NOT DISTINCT";
    plan = unique_addition({table_, name, std::move(text), false, keys}, false);
    return nullptr;
  }

  Relation table_;
  const SourceWords& words_;
};

}  // namespace

Refused plan_action(const AlterAction& action, const Relation& table, const SourceWords& words,
                    std::unique_ptr<const StepPlan>& plan) {
  return ActionPlans(table, words).plan(action, plan);
}

}  // namespace occam::rewriter
