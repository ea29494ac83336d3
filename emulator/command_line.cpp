#include "emulator/command_line.hpp"

#include <iostream>

#include <CLI/CLI.hpp>

namespace emulator {
namespace {

constexpr auto examples = R"(Examples:
  dsql-emulator --listen 127.0.0.1:5433 --postgres postgres://user:pw@127.0.0.1:5432
  dsql-emulator --listen 127.0.0.1:0 --inject conflict:every=10 --metrics 127.0.0.1:9187
  dsql-emulator --dialect 2025 --inject drop-after-commit:nth=3 --inject oc001:p=0.01,class=read

Faults (--inject FAULT:SELECTOR[,SELECTOR...], repeatable):
  conflict            40001 OC000 at a commit, which is rolled back; autocommit writes included
  oc001               40001 OC001 at a statement, before it runs
  unavailable         XX000 server unavailable at a statement, before it runs
  drop-before-commit  the connection is closed and the transaction rolled back
  drop-after-commit   the transaction is committed, then the connection is closed unanswered
Selectors: one of every=N, nth=N, p=X; and table=NAME, class=read|lock|write|ddl.)";

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app("A stand-in for Aurora DSQL before a plain PostgreSQL 15.");
  app.footer(examples);
  std::string config, listen, postgres, dialect;
  std::vector<std::string> inject;
  app.add_option("--config", config, "YAML file; what stands on the command line wins");
  app.add_option("--listen", listen, "HOST:PORT, port 0 picks a free one [127.0.0.1:5433]");
  app.add_option("--postgres", postgres, "postgres://[USER[:PASSWORD]@]HOST:PORT[/DB]");
  app.add_option("--dialect", dialect, "current or 2025: which DSQL to be");
  app.add_option("--inject", inject, "a fault on order, see below; repeatable")->take_all();
  app.add_option("--metrics", line.options.metrics, "HOST:PORT for GET /metrics");
  app.add_option("--seed", line.options.seed, "of the faults with p=X [1]");
  app.add_option("--lock-timeout-ms", line.options.lock_timeout_ms,
                 "how long a statement waits for another session's before it tries again [50]");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    line.help = true;
    return line;
  } catch (const CLI::ParseError& error) {
    throw BadOption(std::string(error.what()) + "; see --help");
  }
  auto given = line.options;
  if (!config.empty()) {
    read_config(config, line.options);
    if (app.count("--metrics")) line.options.metrics = given.metrics;
    if (app.count("--seed")) line.options.seed = given.seed;
    if (app.count("--lock-timeout-ms")) line.options.lock_timeout_ms = given.lock_timeout_ms;
  }
  if (!listen.empty()) line.options.listen = read_address(listen);
  if (!postgres.empty()) line.options.postgres = read_postgres(postgres);
  if (!dialect.empty()) line.options.dialect = read_dialect(dialect);
  for (const auto& rule : inject) line.options.inject.push_back(parse_rule(rule));
  return line;
}

}  // namespace emulator
