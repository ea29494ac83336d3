// The program: its command line, and what becomes of an error that nobody else answered.
#include <exception>
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>
#include <pthread.h>

#include "proxy/check/check.hpp"
#include "proxy/explain.hpp"
#include "proxy/serve.hpp"
#include "proxy/settings.hpp"
#include "proxy/token.hpp"

namespace {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int wrong_usage = 2;

constexpr auto serve_examples = R"(Examples:
  occam serve --config config/occam.yaml
  UPSTREAM_PASSWORD=... occam serve --config /etc/occam/occam.yaml

Prints `ready on HOST:PORT` and `admin on HOST:PORT` once clients can connect.
SIGTERM drains and ends, SIGHUP reads the configuration again and says what only a restart applies.)";

constexpr auto explain_examples = R"(Examples:
  occam explain 'SELECT range_id FROM shards WHERE shard_id = $1 FOR SHARE'
  occam explain --config config/occam.yaml --json 'LOCK TABLE shards'
  cat query.sql | occam explain -

Exits with 1 if Occam refuses the statement.)";

constexpr auto token_examples = R"(Examples:
  occam token --config /etc/occam/occam.yaml
  PGPASSWORD=$(occam token --host $ENDPOINT --user admin) psql "host=$ENDPOINT user=admin dbname=postgres sslmode=require"
  occam token --host $ENDPOINT --user temporal --profile production --expires 1h

Credentials are looked for as the AWS tools do: environment, shared files (AWS_PROFILE), web identity,
container endpoint, instance metadata. Prints the token and nothing else; keep it as a password.)";

constexpr auto check_examples = R"(Examples:
  occam check --config /etc/occam/occam.yaml
  occam check --config /etc/occam/occam.yaml --listener main --database temporal --verbose
  occam check --config /etc/occam/occam.yaml --json | jq .ok

A line per step, with what to do where one fails; no secret in any. Where table rules depend on the
upstream's locks it tries them, as serve does at its start, in public.occam_probe.
Exits with 0 if no step failed, 1 if one did, 2 if the configuration has mistakes.)";

// A nested expression takes up to 150 bytes of stack per byte of SQL in the parser
// (facts/peers.md C3); the memory is reserved, not used.
void give_threads_a_large_stack() {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, std::size_t{64} << 20);
  pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

CLI::App* add_token(CLI::App& app, occam::TokenOptions& options) {
  auto* token = app.add_subcommand("token", "Print an IAM token for Aurora DSQL.");
  token->add_option("--config", options.config_file,
                    "Configuration in YAML, for what is not given");
  token->add_option("--listener", options.listener, "The listener in it whose upstream is meant")
      ->capture_default_str();
  token->add_option("--host", options.host, "The cluster's endpoint");
  token->add_option("--user", options.user, "The database role; admin gets an admin's token");
  token->add_option("--region", options.region, "The cluster's region, if not in its host name");
  token->add_option("--profile", options.profile, "Profile of the shared AWS files to use");
  token->add_option("--expires", options.expires,
                    "How long it is valid, such as 15m (the default), a week at most");
  token->footer(token_examples);
  return token;
}

CLI::App* add_check(CLI::App& app, occam::check::Options& options) {
  auto* check = app.add_subcommand("check", "Try everything against the real upstream.");
  check->add_option("--config", options.config_file, "Configuration in YAML")->required();
  check->add_option("--listener", options.listener, "The only listener to check");
  check->add_option("--database", options.database,
                    "Where to look for the tables of the rules; temporal, if these are Temporal's");
  check->add_option("--user", options.user, "Whom to log in as where upstream.user is empty");
  check->add_flag("--verbose", options.verbose,
                  "Also list what Occam relies on, one by one, and what cannot be tried");
  check->add_flag("--json", options.json, "One JSON object instead of text");
  check->footer(check_examples);
  return check;
}

int run(int argc, char** argv) {
  CLI::App app("Occam: Temporal on Amazon Aurora DSQL, as a PostgreSQL wire proxy.", "occam");
  app.set_version_flag("--version", "occam " OCCAM_VERSION);
  app.require_subcommand(1);
  app.footer("`occam SUBCOMMAND --help` shows examples.");
  std::string config_file;
  std::string sql;
  bool json = false;
  occam::TokenOptions token_options;
  occam::check::Options check_options;

  auto* serve = app.add_subcommand("serve", "Serve clients until a signal ends it.");
  serve->add_option("--config", config_file, "Configuration in YAML")->required();
  serve->footer(serve_examples);

  auto* explain = app.add_subcommand("explain", "Show what Occam makes of a statement, and why.");
  explain->add_option("--config", config_file,
                      "Configuration in YAML, for dialect and table rules");
  explain->add_flag("--json", json, "One JSON object instead of text");
  explain->add_option("sql", sql, "The statement; - reads standard input")->required();
  explain->footer(explain_examples);

  auto* token = add_token(app, token_options);
  auto* check = add_check(app, check_options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << "occam: " << error.what() << "; see occam --help\n";
    return wrong_usage;
  }
  if (token->parsed()) return occam::token(token_options);
  if (check->parsed()) return occam::check::check(check_options);
  return serve->parsed() ? occam::serve(config_file) : occam::explain(config_file, sql, json);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    give_threads_a_large_stack();
    return run(argc, argv);
  } catch (const occam::WrongSettings& mistakes) {
    std::cerr << mistakes.what() << "\n";
    return wrong_usage;
  } catch (const std::exception& error) {
    std::cerr << "occam: " << error.what() << "\n";
    return failed;
  }
  return done;
}
