#include "rewriter/definitions/table_alteration.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rewriter/definitions/action_plans.hpp"
#include "rewriter/definitions/binary_values.hpp"
#include "rewriter/definitions/column_addition.hpp"
#include "rewriter/definitions/not_null_removal.hpp"
#include "rewriter/definitions/questions.hpp"
#include "rewriter/definitions/type_names.hpp"

namespace occam::rewriter {
namespace {

bool in_steps(const AlterAction& action, const TableRule* rule) {
  const Node definition = action.node.at("def");
  const auto type = action.type();
  if (type == "AT_AddColumn") return needs_steps(definition, rule);
  if (type == "AT_AddConstraint") {
    return !definition.flag("skip_validation") && !definition.at("indexname");
  }
  return type == "AT_AlterColumnType" || type == "AT_SetNotNull" || type == "AT_ValidateConstraint";
}

bool removes_not_null(const AlterAction& action) { return action.type() == "AT_DropNotNull"; }

const char* rule_of(const AlterAction& action) {
  if (action.type() == "AT_AddColumn") return "column_added_in_steps";
  if (action.type() == "AT_AlterColumnType") return "column_type";
  if (action.type() == "AT_SetNotNull" || removes_not_null(action)) return "not_null";
  return is_contype(action.node.at("def"), "CONSTR_UNIQUE") ? "unique_from_index"
                                                            : "constraint_validated";
}

const char* reason_of(const AlterAction& action) {
  if (action.type() == "AT_AddColumn") {
    return "DSQL adds bare columns only: the default is set, the rows are filled in slices, and "
           "constraints are proven one after the other; sent again, a run that broke off goes on";
  }
  if (action.type() == "AT_AlterColumnType") {
    return "DSQL changes no types: a second column is filled and takes the name of the first, "
           "unless the column has this type already";
  }
  if (action.type() == "AT_SetNotNull") {
    return "DSQL cannot set NOT NULL later; a validated CHECK keeps NULL out as well";
  }
  if (removes_not_null(action)) {
    return "NOT NULL that was set later is a CHECK on DSQL, which has to go as well";
  }
  return "DSQL adds constraints unproven and proves them behind its answer: Occam waits for that";
}

class TableAlteration {
 public:
  TableAlteration(Node statement, const SourceWords& words, const TableRule* rule,
                  Translation& translation)
      : statement_(statement),
        words_(words),
        rule_(rule),
        translation_(translation),
        alteration_{Relation(statement.at("relation")), {}, {}, false, {}, {}, {}, {}, false} {
    std::size_t place = words.token_at(location_of(statement.at("relation")));
    read_actions(place);
  }

  void run() {
    for (const AlterAction& action : actions_) {
      if (auto refusal = judge(action)) {
        translation_.refusal = std::move(refusal);
        return;
      }
    }
    const auto stepped =
        std::count_if(actions_.begin(), actions_.end(),
                      [&](const AlterAction& one) { return in_steps(one, rule_); });
    const bool removes = std::any_of(actions_.begin(), actions_.end(), removes_not_null);
    if (stepped == 0 && !removes) return edit_plain();
    if (auto refusal = removes                                ? plan_removal(stepped > 0)
                       : stepped == 1 && actions_.size() == 1 ? plan_one(actions_.front())
                                                              : plan_all()) {
      translation_.refusal = std::move(refusal);
      return;
    }
    for (const AlterAction& action : actions_) {
      if (in_steps(action, rule_) || removes_not_null(action)) {
        translation_.changes.push_back(
            {rule_of(action), words_.text(action.span), "steps", reason_for(action)});
      }
    }
  }

 private:
  // ALTER TABLE [IF EXISTS] [ONLY] name [*] action, ...
  void read_actions(std::size_t token) {
    const Node relation = statement_.at("relation");
    token += relation.at("schemaname") ? 3 : 1;
    if (words_.word(token) == "*") ++token;
    for (Node one = statement_.at("cmds").first(); one; one = one.next()) {
      if (token >= words_.tokens().size()) return;
      const std::size_t begin = words_.tokens()[token].begin;
      const std::size_t end = words_.end_of_item(begin);
      actions_.push_back({one, {begin, end}});
      token = words_.token_at(end) + 1;  // past the comma
    }
  }

  std::string reason_for(const AlterAction& action) const {
    const Node type = action.node.at("def").at("typeName");
    const bool retyped = action.type() == "AT_AlterColumnType" && rule_ != nullptr;
    const auto ruled =
        retyped ? rule_->types.find(action.column()) : decltype(rule_->types.end()){};
    if (retyped && ruled != rule_->types.end() &&
        spelled_type(ruled->second) == spelled_type(type)) {
      return "the rules give the column this type when the table is created: then nothing is to do";
    }
    return reason_of(action);
  }

  // What may not pass, in steps or not.
  Refused judge(const AlterAction& action) const {
    const Node definition = action.node.at("def");
    const bool mapped = is_binary_key(rule_, action.column());
    const auto added = definition.text("colname");
    if (action.type() == "AT_AddColumn" && is_binary_key(rule_, added) &&
        !is_bytea(definition.at("typeName"))) {
      return refused_key_type(alteration_.table.name, added);
    }
    if (action.type() == "AT_AlterColumnType" && mapped) {
      return refused("the type of binary key \"" + action.column() + "\" cannot be changed",
                     "The column is stored as hex text on Aurora DSQL. Create a new table and copy "
                     "the rows.");
    }
    if (is_contype(definition, "CONSTR_CHECK") &&
        names_binary_key(rule_, definition.at("raw_expr"))) {
      return refused_expression(alteration_.table.name);
    }
    const bool keyless =
        is_contype(definition, "CONSTR_PRIMARY") || is_contype(definition, "CONSTR_EXCLUSION");
    if (action.type() == "AT_AddConstraint" && keyless) {
      return refused("a constraint of this kind cannot be added on Aurora DSQL",
                     "A primary key can be had when the table is created: create a new table with "
                     "it and copy the rows. EXCLUDE does not exist there.");
    }
    return nullptr;
  }

  // Nothing needs steps: the text goes out, but for the default of a binary key.
  void edit_plain() {
    for (const AlterAction& action : actions_) {
      const bool of_key =
          action.type() == "AT_ColumnDefault" && is_binary_key(rule_, action.column());
      if (of_key && !edit_default(action)) return;
    }
  }

  // Together with what needs no steps: that is one statement still.
  Refused plan_removal(bool beside_steps) {
    if (statement_.flag("missing_ok")) return refused_if_exists();
    const bool of_key = std::any_of(actions_.begin(), actions_.end(), [&](const auto& action) {
      return action.type() == "AT_ColumnDefault" && is_binary_key(rule_, action.column());
    });
    if (beside_steps || of_key) {
      return refused_together("DROP NOT NULL");
    }
    NotNullRemoval removal{alteration_.table, {}, {}};
    std::vector<std::string> words;
    for (const AlterAction& action : actions_) {
      words.push_back(words_.text(action.span));
      if (removes_not_null(action)) removal.columns.push_back(action.column());
    }
    removal.actions = joined(words, ", ");
    translation_.plan = not_null_removal(std::move(removal));
    return nullptr;
  }

  // ALTER [COLUMN] c SET DEFAULT d; false if it is refused.
  bool edit_default(const AlterAction& action) {
    const Node expression = action.node.at("def");
    if (!expression) return true;
    const auto hex = hex_literal(expression);
    if (!hex) {
      translation_.refusal = refused_default(alteration_.table.name, action.column());
      return false;
    }
    const Span span{default_at(action), action.span.end};
    translation_.edits.replace(span.begin, span.end, *hex);
    translation_.expected[expression.id()] = Substitution::trust();
    translation_.needed = true;
    translation_.changes.push_back({"binary_key_default", words_.text(span), *hex,
                                    "the same bytes as hex text, as the column holds them"});
    return true;
  }

  std::size_t default_at(const AlterAction& action) const {
    std::size_t token = words_.token_at(action.span.begin);
    while (!words_.is(token, "default")) ++token;
    return words_.tokens()[token + 1].begin;
  }

  Refused plan_one(const AlterAction& action) {
    if (statement_.flag("missing_ok")) return refused_if_exists();
    if (action.type() == "AT_AddColumn") {
      alteration_.if_not_exists = action.node.flag("missing_ok");
      return plan_all();
    }
    std::unique_ptr<const StepPlan> plan;
    if (auto refusal = plan_action(action, alteration_.table, words_, plan)) return refusal;
    translation_.plan = std::move(plan);
    return nullptr;
  }

  // Under one mark.
  Refused plan_all() {
    if (statement_.flag("missing_ok")) return refused_if_exists();
    std::set<std::string> met;
    for (const AlterAction& action : actions_) {
      const auto column = action.column();
      const bool alone = actions_.size() == 1;
      if (!alone &&
          ((!column.empty() && !met.insert(column).second) || action.node.flag("missing_ok"))) {
        return refused("these actions cannot be combined on Aurora DSQL",
                       "Send each action on one column, and each with IF [NOT] EXISTS, as a "
                       "statement of its own.");
      }
      if (auto refusal = add(action)) return refusal;
    }
    if (alteration_.subject.empty()) alteration_.subject = actions_.front().column();
    translation_.plan = alteration(std::move(alteration_));
    return nullptr;
  }

  Refused add(const AlterAction& action) {
    if (action.type() == "AT_AddColumn") {
      return add_column(action.node.at("def"), words_, rule_, alteration_);
    }
    if (!in_steps(action, rule_)) {
      if (action.type() == "AT_ColumnDefault" && is_binary_key(rule_, action.column())) {
        return refused_default(alteration_.table.name, action.column());
      }
      alteration_.last.push_back(words_.text(action.span));
      return nullptr;
    }
    // What follows it could fail, and it cannot be undone.
    return refused_together(action.type() == "AT_AddConstraint"     ? "ADD CONSTRAINT"
                            : action.type() == "AT_AlterColumnType" ? "ALTER COLUMN TYPE"
                            : action.type() == "AT_SetNotNull"      ? "SET NOT NULL"
                                                                    : "VALIDATE CONSTRAINT");
  }

  static Refused refused_together(const std::string& action) {
    return refused(action + " cannot be carried out together with these actions on Aurora DSQL",
                   "It takes several steps there. Send " + action + " as a statement of its own.");
  }

  static Refused refused_if_exists() {
    return refused("ALTER TABLE IF EXISTS cannot be carried out in steps", "Leave IF EXISTS out.");
  }

  Node statement_;
  const SourceWords& words_;
  const TableRule* rule_;
  Translation& translation_;
  Alteration alteration_;
  std::vector<AlterAction> actions_;
};

}  // namespace

void translate_alteration(Node statement, const SourceWords& words, const RewriterOptions& options,
                          Translation& translation) {
  TableAlteration(statement, words, rule_for(options.rules, statement.at("relation")), translation)
      .run();
}

void judge_rename(Node statement, const RewriterOptions& options, Translation& translation) {
  const TableRule* rule = rule_for(options.rules, statement.at("relation"));
  const auto kind = statement.text("renameType");
  const bool table = kind == "OBJECT_TABLE" && rule != nullptr && !rule->binary_keys.empty();
  const bool column = kind == "OBJECT_COLUMN" && (is_binary_key(rule, statement.text("subname")) ||
                                                  is_binary_key(rule, statement.text("newname")));
  const auto named = options.rules.tables.find(statement.text("newname"));
  const bool taken = (kind == "OBJECT_TABLE" || kind == "OBJECT_VIEW") &&
                     named != options.rules.tables.end() && !named->second.binary_keys.empty();
  if (!table && !column && !taken) return;
  translation.refusal = refused(
      taken ? "nothing can be renamed to what holds binary keys through Occam"
            : "what holds binary keys cannot be renamed through Occam",
      "Its table rules go by names: rename it past Occam, and in tables of the rules file.");
}

}  // namespace occam::rewriter
