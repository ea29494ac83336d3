// A step plan driven by scripted outcomes: each word of the script is what the next order must
// hold, and what the server answers to it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "rewriter/rewriter.hpp"

namespace occam::rewriter {

using Row = std::vector<std::optional<std::string>>;

inline Outcome done(std::string tag = "OK") {
  Outcome outcome;
  outcome.tag = std::move(tag);
  return outcome;
}

inline Outcome row(Row values) {
  Outcome outcome = done("SELECT 1");
  outcome.rows.push_back(std::move(values));
  return outcome;
}

inline Outcome nothing() { return done("SELECT 0"); }

inline Outcome error(std::string code, std::string message) {
  Outcome outcome;
  outcome.code = std::move(code);
  outcome.message = std::move(message);
  return outcome;
}

struct Exchange {
  std::string asked;  // the order's text holds this
  Outcome answer;
};

// The order after the script.
inline Order after(const std::string& sql, const std::vector<Exchange>& script) {
  RewriterOptions options;
  Rewriter rewriter(options);
  const auto rewrite = rewriter.rewrite(sql);
  REQUIRE(rewrite->plan);
  const auto steps = rewrite->plan->start();
  Order order = steps->begin();
  for (const Exchange& exchange : script) {
    INFO("awaited: " << exchange.asked);
    INFO("ordered: " << order.text);
    REQUIRE(order.kind == Order::Kind::run);
    REQUIRE(order.text.find(exchange.asked) != std::string::npos);
    order = steps->next(exchange.answer);
  }
  return order;
}

inline void completes(const std::string& sql, const std::string& tag,
                      const std::vector<Exchange>& script) {
  const Order order = after(sql, script);
  INFO(order.text);
  INFO(order.error.message);
  CHECK(order.kind == Order::Kind::complete);
  CHECK(order.text == tag);
}

inline void fails(const std::string& sql, const std::string& code, const std::string& message,
                  const std::vector<Exchange>& script) {
  const Order order = after(sql, script);
  INFO(order.text);
  CHECK(order.kind == Order::Kind::fail);
  CHECK(order.error.code == code);
  CHECK(order.error.message == message);
}

inline const Exchange job{"ASYNC", row({"abc"})};
inline const Exchange waited{"CALL sys.wait_for_job('abc')", row({"t"})};
inline const Exchange failed{"CALL sys.wait_for_job('abc')", row({"f"})};
inline const Exchange why_duplicates{"FROM sys.jobs WHERE job_id = 'abc'",
                                     row({"failed", "found duplicate key(s)"})};
inline const Exchange why{"FROM sys.jobs WHERE job_id = 'abc'", row({"failed", "some row"})};
inline const Exchange no_index{"FROM pg_catalog.pg_index i", nothing()};
inline const Exchange no_constraint{"SELECT convalidated", nothing()};

}  // namespace occam::rewriter
