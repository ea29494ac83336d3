#include "rewriter/definitions/alteration_steps.hpp"

#include <iterator>
#include <utility>

namespace occam::rewriter {
namespace {

constexpr auto tag = "ALTER TABLE";

std::string alter(const Relation& table, const std::vector<std::string>& actions) {
  return "ALTER TABLE " + table.quoted() + " " + joined(actions, ", ");
}

// The texts that do not depend on what is found.
struct Texts {
  std::string mark;  // its name
  bool adds_columns = false;
  std::string first;
  std::string look;
  std::string unmark;  // a mark without its columns
  std::string last;
  std::string undo;
};

Texts texts_of(const Alteration& one) {
  Texts texts;
  std::string all = alter(one.table, one.first) + joined(one.last, ", ");
  for (const auto& plan : one.inner) all += joined(plan->texts(), ";");
  texts.mark = object_name(one.table.name, one.subject, "filling_" + digest_of(all));
  const std::string mark = quote_ident(texts.mark);
  texts.adds_columns = one.adds_columns;
  auto first = one.first;
  first.push_back("ADD CONSTRAINT " + mark + " CHECK (true) NOT VALID");
  texts.first = alter(one.table, first);
  texts.look = "SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = " + one.table.regclass() +
               " AND conname = " + quote_literal(texts.mark);
  texts.unmark = alter(one.table, {"DROP CONSTRAINT IF EXISTS " + mark});
  // The mark goes first: that it is gone tells a repeated run that all of this was done.
  std::vector<std::string> last{"DROP CONSTRAINT " + mark};
  last.insert(last.end(), one.last.begin(), one.last.end());
  texts.last = alter(one.table, last);
  auto undo = one.undo;
  undo.push_back("DROP CONSTRAINT IF EXISTS " + mark);
  texts.undo = alter(one.table, undo);
  return texts;
}

class AlterationSteps : public Steps {
 public:
  AlterationSteps(Texts texts, std::vector<std::unique_ptr<Steps>> inner, bool if_not_exists)
      : texts_(std::move(texts)), inner_(std::move(inner)), if_not_exists_(if_not_exists) {}

  Order begin() override {
    state_ = State::adding;
    return Order::run(texts_.first);
  }

  Order next(const Outcome& outcome) override {
    switch (state_) {
      case State::adding:
        return after_adding(outcome);
      case State::looking_for_mark:
        if (outcome.failed()) return Order::fail(outcome);
        return outcome.rows.empty() ? after_no_mark() : work();
      case State::unmarking:
        return outcome.failed() ? Order::fail(outcome) : begin();
      case State::working:
        return after_working(inner_[at_]->next(outcome));
      case State::finishing:
        // The mark is gone: this had been done, and only its answer was lost.
        if (!outcome.failed() || (outcome.code == "42704" && names_mark(outcome))) {
          return Order::complete(tag);
        }
        return undo(outcome);
      case State::undoing:
        return Order::fail(error_);
    }
    return Order::fail(error_);
  }

  bool may_stop() const override {
    return state_ != State::undoing && (state_ != State::working || inner_[at_]->may_stop());
  }

 private:
  enum class State { adding, looking_for_mark, unmarking, working, finishing, undoing };

  Order after_adding(const Outcome& outcome) {
    if (!outcome.failed()) return work();
    error_ = outcome;
    if (outcome.code != "42701" && outcome.code != "42710") return Order::fail(outcome);
    // All columns are new and the mark is not: somebody dropped them from a run that broke off.
    if (texts_.adds_columns && outcome.code == "42710" && names_mark(outcome)) {
      state_ = State::unmarking;
      return Order::run(texts_.unmark);
    }
    state_ = State::looking_for_mark;
    return Order::run(texts_.look);
  }

  bool names_mark(const Outcome& outcome) const {
    return outcome.message.find('"' + texts_.mark + '"') != std::string::npos;
  }

  Order after_no_mark() const {
    const bool passed = if_not_exists_ && error_.code == "42701";
    return passed ? Order::complete(tag) : Order::fail(error_);
  }

  Order work() {
    if (at_ == inner_.size()) {
      state_ = State::finishing;
      return Order::run(texts_.last);
    }
    state_ = State::working;
    return after_working(inner_[at_]->begin());
  }

  Order after_working(Order order) {
    switch (order.kind) {
      case Order::Kind::run:
      case Order::Kind::run_bound:
        return order;
      case Order::Kind::complete:
        ++at_;
        return work();
      case Order::Kind::fail:
        return undo(order.error);
    }
    return order;
  }

  Order undo(const Outcome& error) {
    error_ = error;
    state_ = State::undoing;
    return Order::run(texts_.undo);
  }

  Texts texts_;
  std::vector<std::unique_ptr<Steps>> inner_;
  std::size_t at_ = 0;
  bool if_not_exists_;
  State state_ = State::adding;
  Outcome error_;
};

class AlterationPlan : public StepPlan {
 public:
  explicit AlterationPlan(Alteration alteration)
      : texts_(texts_of(alteration)),
        inner_(std::move(alteration.inner)),
        if_not_exists_(alteration.if_not_exists) {}

  std::unique_ptr<Steps> start() const override {
    std::vector<std::unique_ptr<Steps>> inner;
    for (const auto& plan : inner_) inner.push_back(plan->start());
    return std::make_unique<AlterationSteps>(texts_, std::move(inner), if_not_exists_);
  }

  std::vector<std::string> texts() const override {
    std::vector<std::string> texts{texts_.first};
    for (const auto& plan : inner_) {
      auto more = plan->texts();
      std::move(more.begin(), more.end(), std::back_inserter(texts));
    }
    texts.push_back(texts_.last);
    return texts;
  }

 private:
  Texts texts_;
  std::vector<std::unique_ptr<const StepPlan>> inner_;
  bool if_not_exists_;
};

}  // namespace

std::unique_ptr<const StepPlan> alteration(Alteration alteration) {
  return std::make_unique<AlterationPlan>(std::move(alteration));
}

}  // namespace occam::rewriter
