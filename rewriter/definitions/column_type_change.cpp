#include "rewriter/definitions/column_type_change.hpp"

#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "rewriter/definitions/constraint_addition.hpp"
#include "rewriter/definitions/filling.hpp"
#include "rewriter/definitions/type_change_errors.hpp"
#include "rewriter/definitions/type_names.hpp"

namespace occam::rewriter {
namespace {

constexpr auto tag = "ALTER TABLE";

// Others at the same work, or a cancel, may be met a few times; not for ever.
constexpr int most_surprises = 16;

struct Found {
  std::optional<std::string> type;
  std::optional<std::string> successor;
  bool not_null = false;
  std::optional<std::string> default_words;
  std::optional<std::string> users;
  std::optional<std::string> check;  // NOT NULL that Occam set
  bool unproven = false;
  bool name_taken = false;    // of such a check
  std::set<std::string> own;  // constraints of this change
  std::string generation;     // should it begin now
};

std::optional<Found> read(const Outcome& outcome) {
  if (outcome.rows.size() != 1 || outcome.rows.front().size() != 10) return std::nullopt;
  const auto& row = outcome.rows.front();
  Found found{row[0], row[1],        row[2] == "t", row[3], row[4],
              row[5], row[6] == "f", row[7] != "0", {},     row[9].value_or("")};
  std::istringstream lines(row[8].value_or(""));
  for (std::string line; std::getline(lines, line);) found.own.insert(line);
  return found;
}

std::string alter(const ColumnTypeChange& change, const std::string& actions) {
  return "ALTER TABLE " + change.table.quoted() + " " + actions;
}

std::string mark_text(const std::string& name) {
  return "ADD CONSTRAINT " + quote_ident(name) + " CHECK (true) NOT VALID";
}

std::string adding_text(const ColumnTypeChange& change, const Found& found) {
  const std::string column = quote_ident(change.new_name());
  std::string actions = "ADD COLUMN " + column + " " + change.spelled;
  if (found.default_words)
    actions += ", ALTER COLUMN " + column + " SET DEFAULT " + *found.default_words;
  return alter(change, actions + ", " + mark_text(change.constraint("retyping", found.generation)));
}

Filling filling_from(const ColumnTypeChange& change) {
  const std::string column = quote_ident(change.column);
  return {change.table, change.new_name(), column,
          quote_ident(change.new_name()) + " IS DISTINCT FROM " + column};
}

std::string guarding_text(const ColumnTypeChange& change, const std::string& generation) {
  return alter(change, "ADD CONSTRAINT " + quote_ident(change.constraint("equal", generation)) +
                           " CHECK (" + quote_ident(change.new_name()) + " IS NOT DISTINCT FROM " +
                           quote_ident(change.column) + ") NOT VALID");
}

std::string settling_text(const ColumnTypeChange& change, const std::string& generation,
                          const Found& found) {
  const std::string column = quote_ident(change.new_name());
  std::string actions = "DROP CONSTRAINT " + quote_ident(change.constraint("equal", generation)) +
                        ", DROP CONSTRAINT " +
                        quote_ident(change.constraint("retyping", generation)) + ", DROP COLUMN " +
                        quote_ident(change.column) + ", " +
                        mark_text(change.constraint("moved", generation));
  if (found.default_words) {
    actions += ", ALTER COLUMN " + column + " SET DEFAULT " + *found.default_words;
  } else {
    actions += ", ALTER COLUMN " + column + " DROP DEFAULT";
  }
  if (found.not_null || found.check) {
    const auto name = found.check.value_or(not_null_name(change.table, change.column));
    actions += ", ADD CONSTRAINT " + quote_ident(name) + " " + not_null_words(change.new_name()) +
               " NOT VALID";
  }
  return alter(change, actions);
}

std::string renaming_text(const ColumnTypeChange& change) {
  return alter(change, "RENAME COLUMN " + quote_ident(change.new_name()) + " TO " +
                           quote_ident(change.column));
}

std::string finishing_text(const ColumnTypeChange& change, const std::string& generation) {
  return alter(change, "DROP CONSTRAINT " + quote_ident(change.constraint("moved", generation)));
}

// The mark is there only while the column holds all that the second one does.
std::string undoing_text(const ColumnTypeChange& change, const std::string& generation) {
  return alter(change,
               "DROP CONSTRAINT IF EXISTS " + quote_ident(change.constraint("equal", generation)) +
                   ", DROP CONSTRAINT " + quote_ident(change.constraint("retyping", generation)) +
                   ", DROP COLUMN IF EXISTS " + quote_ident(change.new_name()));
}

class ColumnTypeSteps : public Steps {
 public:
  explicit ColumnTypeSteps(ColumnTypeChange change) : change_(std::move(change)) {}

  Order begin() override { return look(); }

  Order next(const Outcome& outcome) override {
    switch (state_) {
      case State::looking:
        if (outcome.failed()) return after_surprise(outcome);
        return after_looking(outcome);
      case State::adding:
      case State::clearing:
      case State::guarding:
      case State::settling:
      case State::renaming:
        return outcome.failed() ? after_surprise(outcome) : look();
      case State::filling:
      case State::refilling:
      case State::proving:
        return after_inner(inner_->next(outcome));
      case State::finishing:
        return outcome.failed() ? after_surprise(outcome) : Order::complete(tag);
      case State::undoing:
        return Order::fail(error_);
    }
    return Order::fail(error_);
  }

  bool may_stop() const override { return !hinders_ && state_ != State::undoing; }

  static std::vector<std::string> texts(const ColumnTypeChange& change) {
    const std::string generation = "<n>";
    Found found;
    found.generation = generation;
    const auto slice = filling(filling_from(change))->texts().front();
    return {adding_text(change, found),
            slice,
            guarding_text(change, generation),
            slice,
            settling_text(change, generation, found),
            renaming_text(change),
            finishing_text(change, generation)};
  }

 private:
  enum class State {
    looking,
    adding,
    clearing,  // what a run left that came late, or that the client half removed
    filling,
    guarding,   // from here on nobody writes the one column without the other
    refilling,  // what was written meanwhile
    settling,   // from here on there is no column of the name
    renaming,
    proving,
    finishing,
    undoing
  };

  Order run(State state, std::string text) {
    state_ = state;
    return Order::run(std::move(text));
  }

  Order look() { return run(State::looking, type_look_text(change_)); }

  Order begin_inner(State state, const std::unique_ptr<const StepPlan>& plan) {
    state_ = state;
    inner_ = plan->start();
    return after_inner(inner_->begin());
  }

  // What is not as it was seen may be another run's work, done or undone: the catalog tells. A
  // cancel says nothing of what was done, and ends only what may stop.
  Order after_surprise(const Outcome& outcome) {
    const bool by_another = outcome.code == "42701" || outcome.code == "42703" ||
                            outcome.code == "42704" || outcome.code == "42710";
    const bool goes_on = by_another || (outcome.code == "57014" && hinders_);
    if (!goes_on || ++surprises_ > most_surprises) return give_up(outcome);
    refilled_.clear();
    return look();
  }

  Order give_up(const Outcome& error) {
    if (!undoable_) return Order::fail(error);
    error_ = error;
    return run(State::undoing, undoing_text(change_, generation_));
  }

  Order after_looking(const Outcome& outcome) {
    const auto found = read(outcome);
    if (!found) return Order::fail(Outcome::error("XX000", "the catalog was not understood"));
    const bool marked = has(*found, "retyping");
    const bool moved = !marked && has(*found, "moved");
    const bool guarded = marked && found->own.count(change_.constraint("equal", generation_)) != 0;
    hinders_ = guarded || (moved && !found->type);
    undoable_ = marked && found->type && found->type != change_.spelled;
    if (!found->type) {
      if (moved && found->successor) return run(State::renaming, renaming_text(change_));
      return Order::fail(no_such_column(change_));
    }
    if (marked && (found->type == change_.spelled || !found->successor)) {
      return run(State::clearing, undoing_text(change_, generation_));
    }
    if (found->type == change_.spelled) return moved ? finish(*found) : Order::complete(tag);
    if (auto error = refusal(*found, marked)) return give_up(*error);
    if (!marked) return run(State::adding, adding_text(change_, *found));
    if (!guarded) return begin_inner(State::filling, filling(filling_from(change_)));
    if (refilled_ != generation_) {
      return begin_inner(State::refilling, filling(filling_from(change_)));
    }
    hinders_ = true;
    return run(State::settling, settling_text(change_, generation_, *found));
  }

  // Keeps the generation of the constraint.
  bool has(const Found& found, const std::string& label) {
    const std::string end = change_.digest();
    for (const auto& name : found.own) {
      const auto head = name.substr(0, name.size() - end.size());
      const auto generation = head.substr(head.rfind('_') + 1);
      if (name != change_.constraint(label, generation)) continue;
      generation_ = generation;
      return true;
    }
    return false;
  }

  std::optional<Outcome> refusal(const Found& found, bool marked) const {
    if (!holds_every_value(change_.spelled, *found.type)) return not_wider(change_, *found.type);
    if (found.users) return used(change_, *found.users);
    if (found.not_null && !found.check && found.name_taken) return name_taken(change_);
    if (found.successor && (!marked || found.successor != change_.spelled)) {
      return in_the_way(change_);
    }
    return std::nullopt;
  }

  Order finish(const Found& found) {
    if (!found.unproven) {
      return run(State::finishing, finishing_text(change_, generation_));
    }
    return begin_inner(State::proving,
                       constraint_addition({change_.table, *found.check, "",
                                            holds_nulls(change_.table, change_.column)}));
  }

  Order after_inner(Order order) {
    if (order.kind == Order::Kind::fail) return after_surprise(order.error);
    if (order.kind != Order::Kind::complete) return order;
    if (state_ == State::proving) {
      return run(State::finishing, finishing_text(change_, generation_));
    }
    if (state_ == State::refilling) {
      refilled_ = generation_;
      return look();
    }
    hinders_ = true;
    return run(State::guarding, guarding_text(change_, generation_));
  }

  ColumnTypeChange change_;
  std::unique_ptr<Steps> inner_;
  State state_ = State::looking;
  int surprises_ = 0;
  std::string generation_;  // of what is at work
  std::string refilled_;    // the generation whose rows were all seen under its guard
  bool hinders_ = false;    // clients: the guard is there, or the column has no name
  bool undoable_ = false;
  Outcome error_;
};

}  // namespace

std::unique_ptr<const StepPlan> column_type_change(ColumnTypeChange change) {
  return std::make_unique<PlanOf<ColumnTypeSteps, ColumnTypeChange>>(std::move(change));
}

}  // namespace occam::rewriter
