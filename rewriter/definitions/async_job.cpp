#include "rewriter/definitions/async_job.hpp"

#include <utility>

#include "rewriter/definitions/identifiers.hpp"

namespace occam::rewriter {

Order AsyncJob::begin() {
  state_ = State::asked;
  return Order::run(text_);
}

Order AsyncJob::await(std::string id) {
  state_ = State::waiting;
  id_ = std::move(id);
  return Order::run(waiting_text(id_));
}

std::optional<Order> AsyncJob::next(const Outcome& outcome) {
  switch (state_) {
    case State::asked:
      return after_asking(outcome);
    case State::waiting:
      return after_waiting(outcome);
    case State::asking_why:
      return after_asking_why(outcome);
  }
  return std::nullopt;
}

std::optional<Order> AsyncJob::after_asking(const Outcome& outcome) {
  if (outcome.failed()) {
    error_ = outcome;
    return ended(End::not_begun);
  }
  if (outcome.rows.empty() || outcome.rows.front().empty() || !outcome.rows.front().front()) {
    return ended(End::no_job);
  }
  return await(*outcome.rows.front().front());
}

std::optional<Order> AsyncJob::after_waiting(const Outcome& outcome) {
  // The wait is a transaction and may grow too old (facts/dsql.md §2); the job goes on.
  if (outcome.code == "54000") return await(id_);
  if (outcome.failed()) return failed(outcome);
  const bool told = !outcome.rows.empty() && !outcome.rows.front().empty();
  if (told && outcome.rows.front().front() == "t") return ended(End::succeeded);
  state_ = State::asking_why;
  return Order::run("SELECT status, details FROM sys.jobs WHERE job_id = " + quote_literal(id_));
}

std::optional<Order> AsyncJob::after_asking_why(const Outcome& outcome) {
  if (outcome.failed()) return failed(outcome);
  details_ = "job " + id_;
  if (!outcome.rows.empty()) {
    for (const auto& value : outcome.rows.front()) details_ += ": " + value.value_or("");
  }
  return ended(End::failed);
}

std::optional<Order> AsyncJob::failed(const Outcome& error) {
  error_ = error;
  return ended(End::failed);
}

std::optional<Order> AsyncJob::ended(End end) {
  end_ = end;
  return std::nullopt;
}

std::string AsyncJob::waiting_text(const std::string& id) {
  return "CALL sys.wait_for_job(" + quote_literal(id) + ")";
}

}  // namespace occam::rewriter
