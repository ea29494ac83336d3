#include "rewriter/definitions/column_type_change.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "rewriter/definitions/constraint_addition.hpp"
#include "rewriter/definitions/filling.hpp"

namespace occam::rewriter {
namespace {

constexpr auto tag = "ALTER TABLE";

struct Found {
  std::optional<std::string> type;
  std::optional<std::string> successor;
  std::optional<std::string> predecessor;
  bool not_null = false;
  std::optional<std::string> default_words;
  bool in_use = false;
  std::optional<std::string> not_null_check;  // "t": validated
  bool not_null_name_taken = false;           // by a constraint that says something else
};

std::optional<Found> read(const Outcome& outcome) {
  if (outcome.rows.size() != 1 || outcome.rows.front().size() != 7) return std::nullopt;
  const auto& row = outcome.rows.front();
  Found found{row[0], row[1], row[2], row[3] == "t", row[4], row[5] == "t", row[6], false};
  if (found.not_null_check == "of another") {
    found.not_null_check.reset();
    found.not_null_name_taken = true;
  }
  return found;
}

std::string alter(const ColumnTypeChange& change, const std::string& actions) {
  return "ALTER TABLE " + change.table.quoted() + " " + actions;
}

std::string rename_text(const ColumnTypeChange& change, const std::string& from,
                        const std::string& to) {
  return alter(change, "RENAME COLUMN " + quote_ident(from) + " TO " + quote_ident(to));
}

std::string adding_text(const ColumnTypeChange& change,
                        const std::optional<std::string>& default_words) {
  const std::string column = quote_ident(change.new_name());
  std::string action = "ADD COLUMN " + column + " " + change.type;
  if (default_words) action += ", ALTER COLUMN " + column + " SET DEFAULT " + *default_words;
  return alter(change, action);
}

// Assigned, not cast: a cast would cut what is too long in silence, where ALTER TYPE fails.
Filling filling_from(const ColumnTypeChange& change, bool old) {
  const std::string& words = old ? change.using_old : change.using_column;
  const std::string value =
      words.empty() ? quote_ident(old ? change.old_name() : change.column) : "(" + words + ")";
  const std::string comparable = change.spelled == "json" ? "::text" : "";
  return {change.table, change.new_name(), value,
          quote_ident(change.new_name()) + comparable + " IS DISTINCT FROM CAST(" + value + " AS " +
              change.type + ")" + comparable};
}

std::string settling_text(const ColumnTypeChange& change, bool not_null) {
  std::string actions = "DROP COLUMN " + quote_ident(change.old_name());
  if (not_null) {
    actions += ", ADD CONSTRAINT " + quote_ident(not_null_name(change.table, change.column)) +
               " CHECK (" + quote_ident(change.new_name()) + " IS NOT NULL) NOT VALID";
  }
  return alter(change, actions);
}

std::unique_ptr<const StepPlan> proving(const ColumnTypeChange& change) {
  ConstraintAddition addition = not_null(change.table, change.column, true);
  addition.definition.clear();
  return constraint_addition(std::move(addition));
}

class ColumnTypeSteps : public Steps {
 public:
  explicit ColumnTypeSteps(ColumnTypeChange change) : change_(std::move(change)) {}

  Order begin() override { return look(); }

  Order next(const Outcome& outcome) override {
    switch (state_) {
      case State::looking:
        return after_looking(outcome);
      case State::adding:
        if (outcome.code == "42804") return Order::fail(told_of_default(outcome));
        [[fallthrough]];
      case State::renaming_away:
      case State::settling:
      case State::renaming_in:
        // A repeated run of what was done: the catalog tells.
        return outcome.failed() ? after_surprise(outcome) : look();
      case State::filling:
      case State::refilling:
      case State::proving:
        return after_inner(inner_->next(outcome));
      case State::restoring:
        return drop_successor();
      case State::dropping:
        return Order::fail(error_);
    }
    return Order::fail(error_);
  }

  bool may_stop() const override { return !away_; }

  static std::vector<std::string> texts(const ColumnTypeChange& change) {
    return {adding_text(change, std::nullopt),
            filling(filling_from(change, false))->texts().front(),
            rename_text(change, change.column, change.old_name()),
            filling(filling_from(change, true))->texts().front(),
            settling_text(change, false),
            rename_text(change, change.new_name(), change.column)};
  }

 private:
  enum class State {
    looking,
    adding,
    filling,
    renaming_away,  // from here on no writer can write the column
    refilling,      // what was written meanwhile
    settling,
    renaming_in,
    proving,
    restoring,
    dropping
  };

  Order run(State state, std::string text) {
    state_ = state;
    return Order::run(std::move(text));
  }

  Order look() { return run(State::looking, type_look_text(change_)); }

  Order drop_successor() {
    return run(State::dropping,
               alter(change_, "DROP COLUMN IF EXISTS " + quote_ident(change_.new_name())));
  }

  Order begin_inner(State state, std::unique_ptr<const StepPlan> plan) {
    state_ = state;
    inner_ = plan->start();
    return inner_->begin();
  }

  // The same surprise again would be met for ever. A cancel says nothing of what was done.
  Order after_surprise(const Outcome& outcome) {
    const bool done = outcome.code == "42701" || outcome.code == "42703" || outcome.code == "57014";
    if (!done || surprised_at_ == state_) {
      error_ = outcome;
      return state_ == State::settling ? restore() : Order::fail(outcome);
    }
    surprised_at_ = state_;
    return look();
  }

  Order restore() {
    return run(State::restoring, rename_text(change_, change_.old_name(), change_.column));
  }

  Order after_looking(const Outcome& outcome) {
    if (outcome.failed()) {
      return away_ && outcome.code == "57014" ? after_surprise(outcome) : Order::fail(outcome);
    }
    const auto found = read(outcome);
    if (!found) return Order::fail(Outcome::error("XX000", "the catalog was not understood"));
    away_ = !found->type && found->successor;
    not_null_ = found->not_null || found->not_null_check;
    if (!found->type) return go_on_without(*found);
    if (found->predecessor) return Order::fail(in_the_way(change_.old_name()));
    if (found->type == change_.spelled) {
      const bool proven = !found->not_null_check || found->not_null_check == "t";
      return proven ? Order::complete(tag) : begin_inner(State::proving, proving(change_));
    }
    if (found->in_use) return Order::fail(refused());
    if (not_null_ && found->not_null_name_taken) return Order::fail(name_taken());
    if (!found->successor) return run(State::adding, adding_text(change_, found->default_words));
    if (found->successor != change_.spelled) return Order::fail(in_the_way(change_.new_name()));
    return begin_inner(State::filling, filling(filling_from(change_, false)));
  }

  // The column has no name of its own just now, or does not exist.
  Order go_on_without(const Found& found) {
    if (!found.successor) {
      return Order::fail(Outcome::error("42703", "column \"" + change_.column +
                                                     "\" of relation \"" + change_.table.name +
                                                     "\" does not exist"));
    }
    if (found.predecessor) {
      return begin_inner(State::refilling, filling(filling_from(change_, true)));
    }
    return run(State::renaming_in, rename_text(change_, change_.new_name(), change_.column));
  }

  Order after_inner(Order order) {
    switch (order.kind) {
      case Order::Kind::run:
      case Order::Kind::run_bound:
        return order;
      case Order::Kind::complete:
        if (state_ == State::proving) return Order::complete(tag);
        if (state_ == State::refilling) {
          return run(State::settling, settling_text(change_, not_null_));
        }
        away_ = true;
        return run(State::renaming_away, rename_text(change_, change_.column, change_.old_name()));
      case Order::Kind::fail:
        error_ = told(order.error);
        if (state_ == State::proving) return Order::fail(error_);
        if (state_ == State::filling) return drop_successor();
        return restore();
    }
    return order;
  }

  Outcome told(const Outcome& error) const {
    if (error.code != "42804" || !change_.using_column.empty()) return error;
    return Outcome::error(
        "42804",
        "column \"" + change_.column + "\" cannot be cast automatically to type " + change_.spelled,
        "You might need to specify \"USING " + quote_ident(change_.column) +
            "::" + change_.spelled + "\".");
  }

  // Without USING, what holds for the default holds for the column, and PostgreSQL names that.
  Outcome told_of_default(const Outcome& error) const {
    if (change_.using_column.empty()) return told(error);
    return Outcome::error("42804", "default for column \"" + change_.column +
                                       "\" cannot be cast automatically to type " +
                                       change_.spelled);
  }

  static Outcome in_the_way(const std::string& column) {
    return Outcome::error(
        "0A000", "column \"" + column + "\" is in the way of this change of type",
        "It bears a name that Occam uses while it works, or is left of another change of type that "
        "broke off. Rename it or drop it.");
  }

  Outcome name_taken() const {
    return Outcome::error(
        "42710",
        "constraint \"" + not_null_name(change_.table, change_.column) + "\" for relation \"" +
            change_.table.name + "\" already exists",
        "It means something else, and Occam needs its name for NOT NULL. Rename it with "
        "RENAME CONSTRAINT.");
  }

  Outcome refused() const {
    return Outcome::error(
        "0A000",
        "the type of column \"" + change_.column +
            "\" cannot be changed on Aurora DSQL: an index, a constraint or a view uses it",
        "Give the column this type from the start (`types` in Occam's table rules, before the "
        "table is created), drop what uses the column first, or copy the rows to a new table.");
  }

  ColumnTypeChange change_;
  std::unique_ptr<Steps> inner_;
  bool not_null_ = false;
  State state_ = State::looking;
  std::optional<State> surprised_at_;
  bool away_ = false;  // the column has no name of its own, or is about to lose it
  Outcome error_;
};

}  // namespace

std::unique_ptr<const StepPlan> column_type_change(ColumnTypeChange change) {
  return std::make_unique<PlanOf<ColumnTypeSteps, ColumnTypeChange>>(std::move(change));
}

}  // namespace occam::rewriter
