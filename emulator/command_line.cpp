#include "emulator/command_line.hpp"

#include <iostream>

#include <CLI/CLI.hpp>

#include "emulator/settings.hpp"

namespace emulator {
namespace {

constexpr auto examples = R"(Examples:
  dsql-emulator --listen 127.0.0.1:5433 --postgres postgres://user:pw@127.0.0.1:5432
  dsql-emulator --listen 127.0.0.1:0 --inject conflict:every=10 --metrics 127.0.0.1:9187
  dsql-emulator --dialect 2025 --inject drop-after-commit:nth=3 --inject oc001:p=0.01,class=read
  dsql-emulator --tls-certificate server.pem --tls-key server.key \
    --iam-access-key AKIAIOSFODNN7EXAMPLE --iam-secret-key '${SECRET}' --iam-region us-east-1
  dsql-emulator --limits-session-age-s 5 --inject latency:ms=3 --inject cut:every=500,at=idle

Faults (--inject FAULT:SELECTOR[,SELECTOR...], repeatable):
  conflict            40001 OC000 at a commit, which is rolled back; autocommit writes included
  oc001               40001 OC001 at a statement, before it runs
  unavailable         XX000 server unavailable at a statement, before it runs
  drop-before-commit  the connection is closed and the transaction rolled back
  drop-after-commit   the transaction is committed, then the connection is closed unanswered
  cut                 the connection is closed without a word where a Query or Sync would begin, or
                      with at=idle after an answer that left its session idle
  latency             the answer to a Query or Sync is held back by ms=N milliseconds
  waking              FATAL: the cluster is waking up, the client is to try again later
Selectors: one of every=N, nth=N, first=N, p=X (latency: every=1 if none is given); for the first five
  faults also table=NAME, class=read|lock|write|ddl.)";

void read_flag(const Setting& setting, const std::string& text, Options& options) {
  try {
    setting.read(text, options);
  } catch (const BadOption& error) {
    throw BadOption(setting.flag() + ": " + error.what());
  }
}

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  CommandLine line;
  CLI::App app("A stand-in for Aurora DSQL before a plain PostgreSQL 15.");
  app.footer(examples);
  std::string config;
  std::vector<std::string> inject, limits;
  app.add_option("--config", config, "YAML file; what stands on the command line wins");
  std::vector<std::string> given(settings().size());
  std::vector<const CLI::Option*> flags;
  for (std::size_t i = 0; i < given.size(); ++i)
    flags.push_back(app.add_option(settings()[i].flag(), given[i], std::string(settings()[i].help))
                        ->take_last());
  app.add_option("--inject", inject, "a fault on order, see below; repeatable")->take_all();
  app.add_option("--limit", limits, "NAME=N, short for --limits-NAME N; repeatable")->take_all();
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    line.help = true;
    return line;
  } catch (const CLI::ParseError& error) {
    throw BadOption(std::string(error.what()) + "; see --help");
  }
  if (!config.empty()) read_config(config, line.options);
  for (std::size_t i = 0; i < given.size(); ++i)
    if (flags[i]->count() > 0) read_flag(settings()[i], given[i], line.options);
  for (const auto& limit : limits) read_limit(limit, line.options.limits);
  for (const auto& rule : inject) line.options.inject.push_back(parse_rule(rule));
  check(line.options);
  return line;
}

}  // namespace emulator
