// Plays a trace against a server and, asked to, against a second one, and compares every outcome:
// tag, column names and types, rows, SQLSTATE. Exit 1 if anything differs, 2 for wrong usage.
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/player.hpp"

namespace {

using namespace occam::trace_player;

struct Options {
  std::string trace;
  std::string dsn;
  std::string reference;
  std::string outcomes;
  std::chrono::milliseconds patience{10000};
  bool json = false;
};

struct Complaint {
  std::size_t count = 0;
  std::size_t first = 0;  // step, from 1
  std::string sql;
};

struct Tally {
  std::size_t statements = 0;
  std::size_t errors = 0;
  std::size_t differences = 0;
  std::map<std::string, Complaint> complaints;  // by SQLSTATE and message
};

constexpr std::size_t shown_differences = 10;
constexpr std::size_t shown_width = 300;

void complain(Tally& tally, const Outcome& outcome, const std::string& sql) {
  for (const auto& result : outcome) {
    if (!result.failed()) continue;
    ++tally.errors;
    auto& complaint = tally.complaints[result.sqlstate + " " + result.message];
    if (complaint.count++ == 0) complaint = {1, tally.statements, sql};
  }
}

void show_difference(const Tally& tally, const Step& step, const std::string& sql,
                     const Outcome& got, const Outcome& expected) {
  if (tally.differences > shown_differences) return;
  std::cerr << "difference at statement " << tally.statements << ", session " << step.session
            << ": " << sql.substr(0, shown_width) << "\n  expected "
            << to_text(expected).substr(0, shown_width) << "\n  got      "
            << to_text(got).substr(0, shown_width) << "\n";
}

Tally play(const Options& options, const Trace& trace) {
  Player subject(options.dsn, options.patience);
  Player reference(options.reference, options.patience);
  std::ofstream outcomes;
  if (!options.outcomes.empty()) outcomes.open(options.outcomes);
  Tally tally;
  for (const auto& step : trace.steps) {
    ++tally.statements;
    const auto& sql = trace.texts[step.text];
    const auto got = subject.play(trace, step);
    complain(tally, got, sql);
    if (outcomes.is_open())
      outcomes << tally.statements << " " << step.session << " " << to_text(got) << "\n";
    if (options.reference.empty()) continue;
    const auto expected = reference.play(trace, step);
    if (same(got, expected)) continue;
    ++tally.differences;
    show_difference(tally, step, sql, got, expected);
  }
  return tally;
}

void print(const Options& options, const Tally& tally) {
  if (options.json) {
    auto complaints = nlohmann::json::array();
    for (const auto& [text, complaint] : tally.complaints)
      complaints.push_back({{"error", text},
                            {"count", complaint.count},
                            {"first", complaint.first},
                            {"sql", complaint.sql}});
    std::cout << nlohmann::json{{"statements", tally.statements},
                                {"errors", tally.errors},
                                {"differences", tally.differences},
                                {"complaints", complaints}}
              << "\n";
    return;
  }
  for (const auto& [text, complaint] : tally.complaints)
    std::cout << complaint.count << " x " << text << " (first at statement " << complaint.first
              << ": " << complaint.sql.substr(0, shown_width) << ")\n";
  std::cout << tally.statements << " statements, " << tally.errors << " errors, "
            << tally.differences << " differences\n";
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Plays a recorded trace against a PostgreSQL server, one statement at a time."};
  app.footer(
      "examples:\n"
      "  trace_player tests/traces/temporal.trace --to "
      "postgresql://temporal@127.0.0.1:6432/temporal\n"
      "  trace_player T --to DSN --compare REFERENCE_DSN --json");
  app.add_option("trace", options.trace, "the trace")->required();
  app.add_option("--to", options.dsn, "server under test, a libpq URI")->required();
  app.add_option("--compare", options.reference, "server whose outcomes are right");
  app.add_option("--outcomes", options.outcomes, "write every outcome to this file");
  app.add_option("--timeout", options.patience, "milliseconds for one statement");
  app.add_flag("--json", options.json, "counts as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  try {
    std::ifstream file(options.trace);
    if (!file) throw MalformedTrace("cannot be opened");
    const auto tally = play(options, read_trace(file));
    print(options, tally);
    return tally.differences == 0 ? 0 : 1;
  } catch (const MalformedTrace& error) {
    std::cerr << "trace_player: " << options.trace << ": " << error.what() << "\n";
    return 1;
  }
}
