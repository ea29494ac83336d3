// Carries out one definition as the relay would, over libpq, and can break off after any step: what
// a client sees whose Occam was killed. Not our codec, no relay.
//
//   definition_player --rules FILE --dsn DSN [--break-after N] [--twice] < one statement
//
// Prints "steps N" and then "done TAG", "error SQLSTATE text" or "broken off". --twice runs each
// step twice and goes on from the second outcome: the first one's answer was lost.
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>
#include <libpq-fe.h>

#include "rewriter/rewriter.hpp"

#include "config/table_rules.hpp"

namespace {

using occam::rewriter::Order;
using occam::rewriter::Outcome;

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string field(const PGresult* result, int code) {
  const char* value = PQresultErrorField(result, code);
  return value == nullptr ? "" : value;
}

Outcome outcome_of(const PGresult* result) {
  Outcome outcome;
  const auto status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    outcome.code = field(result, PG_DIAG_SQLSTATE);
    outcome.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    outcome.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    outcome.hint = field(result, PG_DIAG_MESSAGE_HINT);
    outcome.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    return outcome;
  }
  outcome.tag = PQcmdStatus(const_cast<PGresult*>(result));
  for (int row = 0; row < PQntuples(result); ++row) {
    auto& values = outcome.rows.emplace_back();
    for (int column = 0; column < PQnfields(result); ++column) {
      values.push_back(PQgetisnull(result, row, column) != 0
                           ? std::nullopt
                           : std::optional<std::string>(PQgetvalue(result, row, column)));
    }
  }
  return outcome;
}

// A conflict is run again, as the relay does.
Outcome run(PGconn* connection, const std::string& text) {
  while (true) {
    const Result result(PQexec(connection, text.c_str()), PQclear);
    auto outcome = outcome_of(result.get());
    if (outcome.code != "40001") return outcome;
  }
}

struct Player {
  PGconn* connection;
  int break_after;
  bool twice;
  int steps = 0;

  int play(const occam::rewriter::StepPlan& plan) {
    const auto playing = plan.start();
    Order order = playing->begin();
    while (order.kind == Order::Kind::run) {
      if (steps == break_after) return tell("broken off", 3);
      ++steps;
      auto outcome = run(connection, order.text);
      if (twice) {
        outcome = run(connection, order.text);
        outcome.repeated = true;
      }
      order = playing->next(outcome);
    }
    return tell(order.error, order.text);
  }

  int tell(const std::string& words, int code) const {
    std::cout << "steps " << steps << "\n" << words << "\n";
    return code;
  }

  int tell(const Outcome& error, const std::string& tag) const {
    if (!error.failed()) return tell("done " + tag, 0);
    return tell("error " + error.code + " " + error.message, 1);
  }
};

occam::rewriter::RewriterOptions options_from(const std::string& file) {
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto parsed = occam::config::parse_table_rules(text, file);
  if (!parsed.mistakes.empty()) throw std::runtime_error("the rules hold mistakes: " + file);
  occam::rewriter::RewriterOptions options;
  options.rules = parsed.rules;
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("carries out one definition in steps");
  std::string rules, dsn;
  int break_after = -1;
  bool twice = false;
  app.add_option("--rules", rules)->required();
  app.add_option("--dsn", dsn)->required();
  app.add_option("--break-after", break_after);
  app.add_flag("--twice", twice);
  CLI11_PARSE(app, argc, argv);
  occam::rewriter::Rewriter rewriter(options_from(rules));
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const auto rewrite = rewriter.rewrite(text);
  const Connection connection(PQconnectdb(dsn.c_str()), PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    std::cerr << PQerrorMessage(connection.get());
    return 2;
  }
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  Player player{connection.get(), break_after, twice};
  if (rewrite->plan) return player.play(*rewrite->plan);
  if (rewrite->refusal) {
    return player.tell("error " + rewrite->refusal->code + " " + rewrite->refusal->message, 1);
  }
  const auto outcome = run(connection.get(), rewrite->text);
  return player.tell(outcome, outcome.tag);
}
