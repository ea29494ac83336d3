#include "rewriter/definitions/constraint_addition.hpp"

#include <utility>

#include "rewriter/definitions/async_job.hpp"
#include "rewriter/definitions/constraint_look.hpp"

namespace occam::rewriter {
namespace {

constexpr auto tag = "ALTER TABLE";

std::string alter(const Relation& table, const std::string& action) {
  return "ALTER TABLE " + table.quoted() + " " + action;
}

// In the names that runs of this statement work under.
std::string proving_words(const ConstraintAddition& one) {
  return "proving_" + digest_of(one.name + " " + one.definition) + "_";
}

// Proven under a name of its own: it is no constraint of the client's until it holds, and no two
// runs meet in one. What is adopted is told from others by its mark, and keeps its name.
bool works_apart(const ConstraintAddition& one) { return !one.adopts && !one.definition.empty(); }

std::string working_name(const ConstraintAddition& one, const std::string& run) {
  return works_apart(one) ? object_name(one.table.name, one.name, proving_words(one) + run)
                          : one.name;
}

std::string adding_text(const ConstraintAddition& one, const std::string& working) {
  return alter(one.table,
               "ADD CONSTRAINT " + quote_ident(working) + " " + one.definition + " NOT VALID");
}

std::string validating_text(const ConstraintAddition& one, const std::string& working) {
  return "ALTER TABLE ASYNC " + one.table.quoted() + " VALIDATE CONSTRAINT " + quote_ident(working);
}

std::string naming_text(const ConstraintAddition& one, const std::string& working) {
  return alter(one.table,
               "RENAME CONSTRAINT " + quote_ident(working) + " TO " + quote_ident(one.name));
}

std::string listing_text(const ConstraintAddition& one) {
  return "SELECT conname FROM pg_catalog.pg_constraint WHERE conrelid = " + one.table.regclass() +
         " AND pg_catalog.strpos(conname::text, " + quote_literal("_" + proving_words(one)) +
         ") > 0";
}

std::string dropping_text(const ConstraintAddition& one, const std::vector<std::string>& names) {
  std::vector<std::string> actions;
  for (const auto& name : names)
    actions.push_back("DROP CONSTRAINT IF EXISTS " + quote_ident(name));
  return alter(one.table, joined(actions, ", "));
}

class ConstraintSteps : public Steps {
 public:
  explicit ConstraintSteps(ConstraintAddition addition)
      : addition_(std::move(addition)), working_(working_name(addition_, "")), job_("") {}

  Order begin() override { return look(State::looking, addition_.name, addition_.own); }

  Order next(const Outcome& outcome) override {
    switch (state_) {
      case State::looking:
        return outcome.failed() ? Order::fail(outcome) : after_looking(outcome);
      case State::asking_for_name:
        return outcome.failed() ? Order::fail(outcome) : add(outcome);
      case State::adding:
        // 42710: this was done by a run whose answer was lost, or that broke off.
        if (outcome.failed() && outcome.code != "42710") return Order::fail(outcome);
        return validate();
      case State::validating:
        if (auto order = job_.next(outcome)) return *std::move(order);
        return after_validating();
      case State::looking_at_failed:
        return outcome.failed() ? Order::fail(outcome) : after_failure(outcome);
      case State::naming:
        return after_naming(outcome);
      case State::listing:
        return after_listing(outcome);
      case State::dropping:
        return end();
    }
    return Order::fail(error_);
  }

  static std::vector<std::string> texts(const ConstraintAddition& addition) {
    std::vector<std::string> texts;
    const std::string working = working_name(addition, "<run>");
    if (!addition.definition.empty()) texts.push_back(adding_text(addition, working));
    texts.push_back(validating_text(addition, working));
    texts.push_back(AsyncJob::waiting_text("<job_id>"));
    if (works_apart(addition)) texts.push_back(naming_text(addition, working));
    return texts;
  }

 private:
  enum class State {
    looking,
    asking_for_name,
    adding,
    validating,
    looking_at_failed,
    naming,
    listing,  // what runs of this statement left that broke off
    dropping
  };

  Order run(State state, std::string text) {
    state_ = state;
    return Order::run(std::move(text));
  }

  Order look(State state, const std::string& name, const std::string& own = {}) {
    return run(state, look_text(addition_.table, name, own));
  }

  Order validate() {
    state_ = State::validating;
    job_ = AsyncJob(validating_text(addition_, working_));
    return job_.begin();
  }

  Order after_looking(const Outcome& found) {
    const bool there = !found.rows.empty() && !found.rows.front().empty();
    if (!there) return after_none();
    if (is_of_another(found)) return name_is_taken(addition_.table, addition_.name);
    if (works_apart(addition_)) return Order::fail(exists(addition_.table, addition_.name));
    return found.rows.front().front() == "t" ? Order::complete(tag) : validate();
  }

  Order after_none() {
    if (addition_.definition.empty()) {
      return Order::fail(Outcome::error("42704", "constraint \"" + addition_.name +
                                                     "\" of relation \"" + addition_.table.name +
                                                     "\" does not exist"));
    }
    if (!works_apart(addition_)) return run(State::adding, adding_text(addition_, working_));
    return run(State::asking_for_name, "SELECT pg_catalog.gen_random_uuid()");
  }

  Order add(const Outcome& found) {
    if (found.rows.empty() || found.rows.front().empty() || !found.rows.front().front()) {
      return Order::fail(Outcome::error("XX000", "the server gave no identifier"));
    }
    working_ = working_name(addition_, digest_of(*found.rows.front().front()));
    return run(State::adding, adding_text(addition_, working_));
  }

  Order after_validating() {
    switch (job_.end()) {
      case AsyncJob::End::succeeded:
      case AsyncJob::End::no_job:  // it was valid
        return proven();
      case AsyncJob::End::not_begun:
        if (job_.error().code == "42704") return begin_again(job_.error());
        break;
      case AsyncJob::End::failed:
        if (job_.error().failed()) break;
        return look(State::looking_at_failed, working_);
    }
    error_ = job_.error();
    return works_apart(addition_) ? drop({working_}) : end();
  }

  Order proven() {
    if (!works_apart(addition_)) return Order::complete(tag);
    return run(State::naming, naming_text(addition_, working_));
  }

  // It failed because it does not hold, or because another run took it away.
  Order after_failure(const Outcome& found) {
    error_ = addition_.violated;
    error_.detail = job_.details();
    if (found.rows.empty() || found.rows.front().empty()) return begin_again(error_);
    if (found.rows.front().front() == "t") {
      error_ = {};
      return proven();
    }
    if (addition_.definition.empty()) return end();
    return works_apart(addition_) ? list() : drop({working_});
  }

  // A run of the same statement ended, and took this one's constraint with it.
  Order begin_again(const Outcome& error) {
    if (addition_.definition.empty() || ++begun_again_ > 4) return Order::fail(error);
    error_ = {};
    return begin();
  }

  Order after_naming(const Outcome& outcome) {
    if (!outcome.failed()) return list();
    if (outcome.code == "42704") {
      return outcome.repeated ? list() : begin_again(outcome);
    }
    error_ = outcome.code == "42710" ? exists(addition_.table, addition_.name) : outcome;
    return drop({working_});
  }

  Order list() { return run(State::listing, listing_text(addition_)); }

  Order after_listing(const Outcome& outcome) {
    std::vector<std::string> names;
    for (const auto& row : outcome.rows) {
      if (!row.empty() && row.front()) names.push_back(*row.front());
    }
    return names.empty() ? end() : drop(names);
  }

  Order drop(const std::vector<std::string>& names) {
    return run(State::dropping, dropping_text(addition_, names));
  }

  Order end() const { return error_.failed() ? Order::fail(error_) : Order::complete(tag); }

  ConstraintAddition addition_;
  std::string working_;
  AsyncJob job_;
  State state_ = State::looking;
  int begun_again_ = 0;
  Outcome error_;
};

}  // namespace

std::unique_ptr<const StepPlan> constraint_addition(ConstraintAddition addition) {
  return std::make_unique<PlanOf<ConstraintSteps, ConstraintAddition>>(std::move(addition));
}

std::string not_null_words(std::string_view column) {
  return "CHECK (" + quote_ident(column) + " IS NOT NULL AND true)";
}

Outcome check_violated(const Relation& table, const std::string& name) {
  auto error = Outcome::error("23514", "check constraint \"" + name + "\" of relation \"" +
                                           table.name + "\" is violated by some row");
  error.constraint = name;
  return error;
}

Outcome foreign_key_violated(const Relation& table, const std::string& name) {
  auto error = Outcome::error("23503", "insert or update on table \"" + table.name +
                                           "\" violates foreign key constraint \"" + name + "\"");
  error.constraint = name;
  return error;
}

Outcome holds_nulls(const Relation& table, const std::string& column) {
  return Outcome::error(
      "23502", "column \"" + column + "\" of relation \"" + table.name + "\" contains null values");
}

// Where it must be cut, what is cut from the column's name counts as well.
std::string not_null_name(const Relation& table, std::string_view column) {
  constexpr std::size_t longest = 63;
  std::string label = "not_null";
  if (table.name.size() + column.size() + label.size() + 2 > longest) {
    label = digest_of(column) + "_" + label;
  }
  return object_name(table.name, column, label);
}

ConstraintAddition not_null(const Relation& table, std::string_view column, bool adopts) {
  return {table,
          not_null_name(table, column),
          not_null_words(column),
          holds_nulls(table, std::string(column)),
          adopts,
          of_attribute(column, proves_not_null("pg_constraint", "a"))};
}

}  // namespace occam::rewriter
