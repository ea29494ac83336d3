// A definition that DSQL carries out behind its answer: asked for, waited for, and where it failed,
// asked why (facts/dsql.md §3.3). Sans-io, as steps.hpp; part of several plans.
#pragma once

#include <optional>
#include <string>

#include "rewriter/steps.hpp"

namespace occam::rewriter {

class AsyncJob {
 public:
  explicit AsyncJob(std::string text) : text_(std::move(text)) {}

  Order begin();
  // A job that someone began before.
  Order await(std::string id);
  // After each run. Nothing: it has ended, see below.
  std::optional<Order> next(const Outcome& outcome);

  enum class End {
    succeeded,
    not_begun,  // the definition itself was refused: error()
    no_job,     // the definition was taken, and no job began
    failed,     // error() is the server's, or details() is what sys.jobs says
  };
  End end() const { return end_; }
  const Outcome& error() const { return error_; }
  const std::string& details() const { return details_; }

  static std::string waiting_text(const std::string& id);

 private:
  enum class State { asked, waiting, asking_why };

  std::optional<Order> ended(End end);
  std::optional<Order> failed(const Outcome& error);
  std::optional<Order> after_asking(const Outcome& outcome);
  std::optional<Order> after_waiting(const Outcome& outcome);
  std::optional<Order> after_asking_why(const Outcome& outcome);

  std::string text_;
  State state_ = State::asked;
  std::string id_;
  End end_ = End::succeeded;
  Outcome error_;
  std::string details_;
};

}  // namespace occam::rewriter
