#include <utility>

#include "rewriter/definitions/constraint_addition.hpp"
#include "rewriter/definitions/constraint_look.hpp"

namespace occam::rewriter {
namespace {

constexpr auto tag = "ALTER TABLE";

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
    return "ALTER TABLE " + table.quoted() + " ADD CONSTRAINT " + quote_ident(name) +
           " UNIQUE USING INDEX " + quote_ident(name);
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
    auto error = exists(table_, name_);
    error.code = "42P07";
    error.message = "relation \"" + name_ + "\" already exists";
    return Order::fail(std::move(error));
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

std::unique_ptr<const StepPlan> unique_addition(IndexBuild build, bool adopts, std::string own) {
  return std::make_unique<UniquePlan>(std::move(build), adopts, std::move(own));
}

}  // namespace occam::rewriter
