// A statement of the client's that the server takes only as several, run one after the other.
// Sans-io: the caller runs what an Order asks for, alone and outside a transaction, and comes back
// with the Outcome. Every run may be repeated: after a conflict the same Order is carried out
// again, and after a lost connection the client may send the whole statement again; what was done
// stays done and the rest is done then. Knows SQL, no protocol.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace occam::rewriter {

// What came of a text that was run.
struct Outcome {
  std::string tag;                                            // of its last CommandComplete
  std::vector<std::vector<std::optional<std::string>>> rows;  // in text format
  std::string code;  // SQLSTATE of its error; empty: none, and the four below as well
  std::string message;
  std::string detail;
  std::string hint;
  std::string constraint;
  // The text had been sent before, on a connection that was lost: what it should do may be done.
  bool repeated = false;

  static Outcome error(std::string code, std::string message, std::string hint = {}) {
    Outcome outcome;
    outcome.code = std::move(code);
    outcome.message = std::move(message);
    outcome.hint = std::move(hint);
    return outcome;
  }

  bool failed() const { return !code.empty(); }
};

struct Order {
  enum class Kind {
    run,        // `text` as a simple Query
    run_bound,  // `text` with the client's parameters
    complete,   // answer the client's statement with the tag `text`
    fail,       // answer it with `error`
  };
  Kind kind = Kind::run;
  std::string text;
  Outcome error;

  static Order run(std::string text) { return {Kind::run, std::move(text), {}}; }
  static Order run_bound(std::string text) { return {Kind::run_bound, std::move(text), {}}; }
  static Order complete(std::string tag) { return {Kind::complete, std::move(tag), {}}; }
  static Order fail(Outcome error) { return {Kind::fail, {}, std::move(error)}; }
};

// One execution.
class Steps {
 public:
  Steps() = default;
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;
  virtual ~Steps() = default;

  virtual Order begin() = 0;
  // After each run.
  virtual Order next(const Outcome& outcome) = 0;
  // Whether what is there now, or once the order at hand is carried out, may stand until somebody
  // sends the statement again. If not, the caller goes on to the end whatever its client wants, and
  // hands an order that cannot be carried out to next(), which undoes what it can.
  virtual bool may_stop() const { return true; }
};

// Immutable, shared by all sessions that use the text.
class StepPlan {
 public:
  StepPlan() = default;
  StepPlan(const StepPlan&) = delete;
  StepPlan& operator=(const StepPlan&) = delete;
  virtual ~StepPlan() = default;

  virtual std::unique_ptr<Steps> start() const = 0;
  // What is run when nothing is in the way, for `occam explain`.
  virtual std::vector<std::string> texts() const = 0;
};

// The plan to carry out one `What` by a `Run`, which is made of it and says its texts.
template <class Run, class What>
class PlanOf : public StepPlan {
 public:
  explicit PlanOf(What what) : what_(std::move(what)) {}
  std::unique_ptr<Steps> start() const override { return std::make_unique<Run>(what_); }
  std::vector<std::string> texts() const override { return Run::texts(what_); }

 private:
  What what_;
};

}  // namespace occam::rewriter
