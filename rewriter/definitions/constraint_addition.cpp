#include "rewriter/definitions/constraint_addition.hpp"

#include <utility>

#include "rewriter/definitions/async_job.hpp"

namespace occam::rewriter {
namespace {

constexpr auto tag = "ALTER TABLE";

std::string alter(const Relation& table, const std::string& action) {
  return "ALTER TABLE " + table.quoted() + " " + action;
}

// What it is called until it is proven. By a name of its own a run that broke off is told from a
// constraint of the client's that is not valid; under the mark of an ALTER TABLE there is no need.
std::string working_name(const ConstraintAddition& one) {
  if (one.adopts || one.definition.empty()) return one.name;
  return object_name(one.table.name, one.name, "proving_" + digest_of(one.definition));
}

std::string adding_text(const ConstraintAddition& one) {
  return alter(one.table, "ADD CONSTRAINT " + quote_ident(working_name(one)) + " " +
                              one.definition + " NOT VALID");
}

std::string validating_text(const ConstraintAddition& one) {
  return "ALTER TABLE ASYNC " + one.table.quoted() + " VALIDATE CONSTRAINT " +
         quote_ident(working_name(one));
}

std::string naming_text(const ConstraintAddition& one) {
  return alter(one.table, "RENAME CONSTRAINT " + quote_ident(working_name(one)) + " TO " +
                              quote_ident(one.name));
}

std::string look_text(const Relation& table, const std::string& name, const std::string& own) {
  return "SELECT convalidated" + (own.empty() ? "" : ", " + own) +
         " FROM pg_catalog.pg_constraint WHERE conrelid = " + table.regclass() +
         " AND conname = " + quote_literal(name);
}

bool is_of_another(const Outcome& found) {
  const auto& row = found.rows.front();
  return row.size() > 1 && row[1] != "t";
}

Order name_is_taken(const Relation& table, const std::string& name) {
  Outcome error = Outcome::error(
      "42710", "constraint \"" + name + "\" for relation \"" + table.name + "\" already exists");
  error.hint =
      "It means something else, and Occam needs its name. Rename it with RENAME CONSTRAINT.";
  return Order::fail(std::move(error));
}

std::string of_attribute(std::string_view column, const std::string& condition) {
  return "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
         "pg_constraint.conrelid AND a.attname = " +
         quote_literal(column) + " AND " + condition + ")";
}

class ConstraintSteps : public Steps {
 public:
  explicit ConstraintSteps(ConstraintAddition addition)
      : addition_(std::move(addition)), job_(validating_text(addition_)) {}

  Order begin() override {
    if (addition_.definition.empty()) return validate();
    state_ = State::looking;
    return Order::run(look_text(addition_.table, addition_.name, addition_.own));
  }

  Order next(const Outcome& outcome) override {
    switch (state_) {
      case State::looking:
        return outcome.failed() ? Order::fail(outcome) : after_looking(outcome);
      case State::adding:
        // 42710: this was done by a run whose answer was lost, or that broke off.
        if (outcome.failed() && outcome.code != "42710") return Order::fail(outcome);
        return validate();
      case State::validating:
        if (auto order = job_.next(outcome)) return *std::move(order);
        return after_validating();
      case State::naming:
        // 42704: there is none to be named any more.
        if (outcome.repeated && outcome.code == "42704") return Order::complete(tag);
        return outcome.failed() ? Order::fail(outcome) : Order::complete(tag);
      case State::dropping:
        return Order::fail(error_);
    }
    return Order::fail(error_);
  }

  static std::vector<std::string> texts(const ConstraintAddition& addition) {
    std::vector<std::string> texts;
    if (!addition.definition.empty()) texts.push_back(adding_text(addition));
    texts.push_back(validating_text(addition));
    texts.push_back(AsyncJob::waiting_text("<job_id>"));
    if (working_name(addition) != addition.name) texts.push_back(naming_text(addition));
    return texts;
  }

 private:
  enum class State { looking, adding, validating, naming, dropping };

  Order validate() {
    state_ = State::validating;
    return job_.begin();
  }

  // Under the mark one that is not valid was left by a run that broke off.
  Order after_looking(const Outcome& found) {
    if (found.rows.empty() || found.rows.front().empty()) {
      state_ = State::adding;
      return Order::run(adding_text(addition_));
    }
    if (is_of_another(found)) return name_is_taken(addition_.table, addition_.name);
    if (addition_.adopts) {
      return found.rows.front().front() == "t" ? Order::complete(tag) : validate();
    }
    return Order::fail(Outcome::error("42710", "constraint \"" + addition_.name +
                                                   "\" for relation \"" + addition_.table.name +
                                                   "\" already exists"));
  }

  Order after_validating() {
    switch (job_.end()) {
      case AsyncJob::End::succeeded:
      case AsyncJob::End::no_job:  // it was valid
        if (working_name(addition_) == addition_.name) return Order::complete(tag);
        state_ = State::naming;
        return Order::run(naming_text(addition_));
      case AsyncJob::End::not_begun:
        return Order::fail(job_.error());
      case AsyncJob::End::failed:
        break;
    }
    if (job_.error().failed()) return Order::fail(job_.error());
    error_ = addition_.violated;
    error_.detail = job_.details();
    if (addition_.definition.empty()) return Order::fail(error_);
    state_ = State::dropping;
    return Order::run(alter(addition_.table,
                            "DROP CONSTRAINT IF EXISTS " + quote_ident(working_name(addition_))));
  }

  ConstraintAddition addition_;
  AsyncJob job_;
  State state_ = State::looking;
  Outcome error_;
};

class UniqueSteps : public Steps {
 public:
  UniqueSteps(Relation table, std::string name, std::unique_ptr<Steps> build, bool adopts,
              std::string own)
      : table_(std::move(table)),
        name_(std::move(name)),
        build_(std::move(build)),
        adopts_(adopts),
        own_(std::move(own)) {}

  Order begin() override { return Order::run(look_text(table_, name_, own_)); }

  Order next(const Outcome& outcome) override {
    switch (state_) {
      case State::looking_first:
        if (outcome.failed()) return Order::fail(outcome);
        return outcome.rows.empty() ? build() : after_finding(outcome);
      case State::building:
        return after_building(build_->next(outcome));
      case State::attaching:
        if (!outcome.failed()) return Order::complete(tag);
        error_ = outcome;
        state_ = State::looking_at_own;
        return Order::run(look_text(table_, name_, own_));
      case State::looking_at_own:
        return outcome.failed() || outcome.rows.empty() || is_of_another(outcome)
                   ? Order::fail(error_)
                   : Order::complete(tag);
    }
    return Order::fail(error_);
  }

  static std::string attaching_text(const Relation& table, const std::string& name) {
    return alter(
        table, "ADD CONSTRAINT " + quote_ident(name) + " UNIQUE USING INDEX " + quote_ident(name));
  }

 private:
  enum class State { looking_first, building, attaching, looking_at_own };

  Order build() {
    state_ = State::building;
    return build_->begin();
  }

  Order after_finding(const Outcome& found) const {
    if (is_of_another(found)) return name_is_taken(table_, name_);
    if (adopts_) return Order::complete(tag);
    return Order::fail(Outcome::error("42P07", "relation \"" + name_ + "\" already exists"));
  }

  Order after_building(Order order) {
    if (order.kind != Order::Kind::complete) return order;
    state_ = State::attaching;
    return Order::run(attaching_text(table_, name_));
  }

  Relation table_;
  std::string name_;
  std::unique_ptr<Steps> build_;
  bool adopts_;
  std::string own_;
  State state_ = State::looking_first;
  Outcome error_;
};

class UniquePlan : public StepPlan {
 public:
  UniquePlan(IndexBuild build, bool adopts, std::string own)
      : table_(build.table), name_(build.name), adopts_(adopts), own_(std::move(own)) {
    build_ = index_build(std::move(build));
  }
  std::unique_ptr<Steps> start() const override {
    return std::make_unique<UniqueSteps>(table_, name_, build_->start(), adopts_, own_);
  }
  std::vector<std::string> texts() const override {
    auto texts = build_->texts();
    texts.push_back(UniqueSteps::attaching_text(table_, name_));
    return texts;
  }

 private:
  Relation table_;
  std::string name_;
  std::unique_ptr<const StepPlan> build_;
  bool adopts_;
  std::string own_;
};

}  // namespace

std::unique_ptr<const StepPlan> constraint_addition(ConstraintAddition addition) {
  return std::make_unique<PlanOf<ConstraintSteps, ConstraintAddition>>(std::move(addition));
}

std::unique_ptr<const StepPlan> unique_addition(IndexBuild build, bool adopts, std::string own) {
  return std::make_unique<UniquePlan>(std::move(build), adopts, std::move(own));
}

std::string of_column(std::string_view column) {
  return of_attribute(column, "a.attnum = ANY (pg_constraint.conkey)");
}

std::string proves_not_null(const std::string& constraint, const std::string& attribute) {
  return "pg_catalog.strpos(pg_catalog.pg_get_constraintdef(" + constraint +
         ".oid), 'CHECK ((' || pg_catalog.quote_ident(" + attribute +
         ".attname) || ' IS NOT NULL))') = 1";
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

std::string not_null_name(const Relation& table, std::string_view column) {
  return object_name(table.name, column, "not_null");
}

ConstraintAddition not_null(const Relation& table, std::string_view column, bool adopts) {
  return {table,
          not_null_name(table, column),
          "CHECK (" + quote_ident(column) + " IS NOT NULL)",
          holds_nulls(table, std::string(column)),
          adopts,
          of_attribute(column, proves_not_null("pg_constraint", "a"))};
}

}  // namespace occam::rewriter
