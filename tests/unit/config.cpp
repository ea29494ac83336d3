#include "config/config.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <vector>

#include <catch2/catch.hpp>
#include <yaml-cpp/yaml.h>

#include "config/table_rules.hpp"

namespace occam::config {
namespace {

const std::map<std::string, std::string> variables{{"PASSWORD", "s3cret"}, {"EMPTY", ""}};
const Environment environment = [](const std::string& name) -> std::optional<std::string> {
  const auto found = variables.find(name);
  if (found == variables.end()) return std::nullopt;
  return found->second;
};

std::string read(const std::string& path) {
  std::ifstream file(std::string(OCCAM_SOURCE_DIR) + "/" + path);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string mistakes_of(std::string_view yaml) {
  std::string lines;
  for (const auto& mistake : parse(yaml, "f.yaml", environment).mistakes)
    lines += describe(mistake) + "\n";
  return lines;
}

void collect(const YAML::Node& node, const std::string& path, std::set<std::string>& keys) {
  if (!node.IsMap()) {
    keys.insert(path);
    return;
  }
  for (const auto& entry : node)
    collect(entry.second, path.empty() ? entry.first.Scalar() : path + "." + entry.first.Scalar(),
            keys);
}

TEST_CASE("config: the shipped file shows every key, each with its default") {
  const auto text = read("config/occam.yaml");
  auto parsed = parse(text, "occam.yaml", environment);
  CHECK(parsed.mistakes.empty());
  CHECK(parsed.config.listeners.front().rewriter.rules == "temporal.yaml");
  parsed.config.listeners.front()
      .rewriter.rules.clear();  // the one value that differs: the code ships no rules
  CHECK(parsed.config == Config{});

  std::set<std::string> shown;
  collect(YAML::Load(text), "", shown);
  CHECK(shown == std::set<std::string>(parsed.keys.begin(), parsed.keys.end()));
}

TEST_CASE("config: an empty file means the defaults") {
  const auto parsed = parse("", "f.yaml", environment);
  CHECK(parsed.mistakes.empty());
  CHECK(parsed.config == Config{});
}

TEST_CASE("config: values are read with their units") {
  const auto parsed = parse(R"(
listen: "[::1]:0"
upstream: {host: db.example, port: 5433, user: u, password: "${PASSWORD}", database: "${NONE:-d}"}
retry: {attempts: 3, elapsed: 1m, backoff_cap: 1s}
limits: {held_bytes: 64KiB, journal_bytes: 0}
rewriter: {dialect: 2025, rules: rules.yaml, ignored_settings: [Work_Mem, bytea_output=hex]}
log: {level: warning, format: json}
)",
                            "/etc/occam/f.yaml", environment);
  CHECK(parsed.mistakes.empty());
  const auto& config = parsed.config;
  CHECK(config.listeners.front().listen == Address{"::1", 0});
  CHECK(config.listeners.front().upstream.port == 5433);
  CHECK(config.listeners.front().upstream.password == "s3cret");
  CHECK(config.listeners.front().upstream.database == "d");
  CHECK(config.retry.elapsed == std::chrono::minutes(1));
  CHECK(config.limits.held_bytes == 65536);
  CHECK(config.limits.journal_bytes == 0);
  CHECK(config.listeners.front().rewriter.dialect == rewriter::Dialect::dsql_2025);
  CHECK(config.listeners.front().rewriter.rules == "/etc/occam/rules.yaml");
  CHECK(config.listeners.front().rewriter.ignored_settings ==
        std::vector<std::string>{"bytea_output=hex", "work_mem"});
  CHECK(config.log.format == LogFormat::json);
}

TEST_CASE("config: the dialect is named, or found out at the upstream") {
  const auto dialect = [](const std::string& word) {
    const auto parsed = parse("rewriter: {dialect: " + word + "}", "f.yaml", environment);
    CHECK(parsed.mistakes.empty());
    return parsed.config.listeners.front().rewriter.dialect;
  };
  CHECK(dialect("current") == rewriter::Dialect::current);
  CHECK(dialect("2025") == rewriter::Dialect::dsql_2025);
  CHECK(dialect("auto") == std::nullopt);
  CHECK(Config{}.listeners.front().rewriter.dialect == rewriter::Dialect::current);
}

TEST_CASE("config: mistakes say where they stand and what to write") {
  struct Sample {
    const char* yaml;
    const char* mistake;
  };
  const Sample samples[] = {
      {"rewriter: {dialect: old}",
       "f.yaml:1:21: rewriter.dialect is \"old\"; write one of current, 2025, auto"},
      {"listne: 127.0.0.1:1", "f.yaml:1:1: unknown key listne; did you mean listen?"},
      {"upstream:\n  hots: x", "f.yaml:2:3: unknown key upstream.hots; did you mean host?"},
      {"zzzzzzzz: 1", "f.yaml:1:1: unknown key zzzzzzzz"},
      {"listen: 6432", "f.yaml:1:9: listen is \"6432\"; write host:port, such as 127.0.0.1:6432"},
      {"listen: 127.0.0.1:65536",
       "f.yaml:1:9: listen is \"127.0.0.1:65536\"; write host:port, such as 127.0.0.1:6432"},
      {"listen: 0.0.0.0:1",
       "f.yaml:1:9: listen is 0.0.0.0, which other machines can reach, and nobody is asked for a "
       "password there; name users, use 127.0.0.1, or set listen_anywhere: true if the network "
       "itself keeps strangers out"},
      {"admin: {listen: \"0.0.0.0:1\"}\nusers: {a: b}",
       "f.yaml:1:17: admin.listen is 0.0.0.0, which other machines can reach, and nobody is asked "
       "for a password there; use 127.0.0.1, or set listen_anywhere: true if the network itself "
       "keeps strangers out"},
      {"users:\n  a: \"\"",
       "f.yaml:2:6: users.a is empty; write a password, or a verifier out of "
       "pg_authid.rolpassword"},
      {"users:\n  a:", "f.yaml:2:3: users.a has no value; write one or leave the key out"},
      {"users: {\"\": secret}",
       "f.yaml:1:13: users. is a user without a name; write NAME: password"},
      {"users: {a: secret, a: secret}", "f.yaml:1:20: users.a is given twice"},
      {"users: {a: [secret]}", "f.yaml:1:12: users.a must be a single value"},
      {"users: secret", "f.yaml:1:8: users must be a mapping of keys"},
      {"users: {\"a\\nb\": SCRAM-SHA-256$4096:c2VjcmV0}",
       "f.yaml:1:17: users.a b is no whole verifier; write "
       "SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>, as pg_authid.rolpassword has it"},
      {"users: {a: md5f5e3b2e1d3c0a9f8b7a6958473625140}",
       "f.yaml:1:12: users.a is an MD5 hash, which proves nothing here; write a password or a "
       "SCRAM-SHA-256 verifier"},
      {"users: {a: \"${not a name}\"}",
       "f.yaml:1:12: users.a cannot be read: `${...}` names no environment variable"},
      {"limits: {login_failure_delay: 2m}",
       "f.yaml:1:31: limits.login_failure_delay is \"2m\"; write a duration from 0ms to 1m, such "
       "as "
       "250ms or 2s"},
      {"retry: {attempts: 0}",
       "f.yaml:1:19: retry.attempts is \"0\"; write a number from 1 to 100"},
      {"retry: {attempts: -1}",
       "f.yaml:1:19: retry.attempts is \"-1\"; write a number from 1 to 100"},
      {"retry: {elapsed: 2}",
       "f.yaml:1:18: retry.elapsed is \"2\"; write a duration from 1ms to 1m, such as 250ms or 2s"},
      {"retry: {backoff_first: 1s}",
       "f.yaml:1:8: retry.backoff_cap is smaller than retry.backoff_first; the cap is the longest "
       "pause"},
      {"limits: {held_bytes: 1KB}",
       "f.yaml:1:22: limits.held_bytes is \"1KB\"; write a size from 0 to 64MiB, such as 64KiB"},
      {"limits: {message_bytes: 99999999999999999999GiB}",
       "f.yaml:1:25: limits.message_bytes is \"99999999999999999999GiB\"; write a size from 1KiB "
       "to 1GiB, such as 64KiB"},
      {"upstream: {password: \"${NOT_SET}\"}",
       "f.yaml:1:22: upstream.password cannot be read: environment variable NOT_SET is not set; "
       "set it or write ${NOT_SET:-default}"},
      {"upstream: {password: \"${NOT_SET\"}",
       "f.yaml:1:22: upstream.password cannot be read: `${` without `}`"},
      {"upstream: {host: \"${EMPTY}\"}",
       "f.yaml:1:18: upstream.host is empty; write the upstream's name or address"},
      {"upstream: 5", "f.yaml:1:11: upstream must be a mapping of keys"},
      {"log: {level: [info]}", "f.yaml:1:14: log.level must be a single value"},
      {"log: {level: loud}",
       "f.yaml:1:14: log.level is \"loud\"; write one of debug, info, warning, error"},
      {"threads:", "f.yaml:1:1: threads has no value; write one or leave the key out"},
      {"threads: 1\nthreads: 2", "f.yaml:2:1: threads is given twice"},
      {"rewriter: {ignored_settings: jit}",
       "f.yaml:1:30: rewriter.ignored_settings must be a list, such as [a, b]"},
      {"rewriter: {longest_parsed: 65MiB}",
       "f.yaml:1:28: rewriter.longest_parsed is \"65MiB\"; write a size from 1KiB to 64MiB, such "
       "as "
       "64KiB"},
      {"listen_anywhere: yep", "f.yaml:1:18: listen_anywhere is \"yep\"; write one of true, false"},
      {"- 1", "f.yaml:1:1: the file must be a mapping of keys"},
      {"threads: 1\n x: \"a", "f.yaml:2:3: illegal map value"},
  };
  for (const auto& [yaml, mistake] : samples) {
    CAPTURE(yaml);
    CHECK(mistakes_of(yaml) == std::string(mistake) + "\n");
  }
}

TEST_CASE("config: an address that others can reach is for users, or must be asked for") {
  for (const auto* yaml :
       {"listen: 0.0.0.0:1\nusers: {a: b}", "listen: 0.0.0.0:1\nlisten_anywhere: true",
        "users: {a: md5, b: md5F5e3b2e1d3c0a9f8b7a6958473625140, c: SCRAM-SHA-256}"}) {
    CAPTURE(yaml);
    CHECK(mistakes_of(yaml).empty());
  }
}

TEST_CASE("config: a listener has its own upstream, users and rules, and inherits nothing") {
  const auto parsed = parse(
      "upstream: {host: dsql, tls: {ca: ca.pem}}\n"
      "users: {temporal: \"${PASSWORD}\", \"a b\": x}\n"
      "listeners:\n"
      "  visibility: {listen: \"127.0.0.1:6433\", rewriter: {enabled: false}}\n",
      "/etc/occam/occam.yaml", environment);
  REQUIRE(parsed.mistakes.empty());
  REQUIRE(parsed.config.listeners.size() == 2);
  const auto& main = parsed.config.listeners[0];
  CHECK(main.name == "main");
  CHECK(main.upstream.tls.ca == "/etc/occam/ca.pem");
  CHECK(main.users == std::vector<User>{{"temporal", "s3cret"}, {"a b", "x"}});
  const auto& visibility = parsed.config.listeners[1];
  CHECK(visibility.name == "visibility");
  CHECK(visibility.listen == Address{"127.0.0.1", 6433});
  CHECK_FALSE(visibility.rewriter.enabled);
  CHECK(visibility.upstream == Upstream{});
  CHECK(visibility.users.empty());
}

TEST_CASE("config: what a listener's keys must agree on") {
  CHECK(mistakes_of("listeners: {main: {}}") ==
        "f.yaml:1:19: listeners.main is a name that is taken\n");
  CHECK(mistakes_of("listeners: {a: {upstream: {prot: 1}}}") ==
        "f.yaml:1:28: unknown key listeners.a.upstream.prot; did you mean port?\n");
  CHECK(mistakes_of("tls: {mode: require}") ==
        "f.yaml:1:13: tls.mode needs tls.certificate and tls.key; name two PEM files\n");
  CHECK(mistakes_of("tls: {mode: allow, certificate: c.pem, key: k.pem, client_ca: ca.pem}") ==
        "f.yaml:1:63: tls.client_ca asks nothing of clients that come without TLS; set tls.mode: "
        "require, or leave it out\n");
  CHECK(mistakes_of("upstream: {tls: {key: k.pem}}") ==
        "f.yaml:1:23: upstream.tls.key stands alone; name both a certificate and its key, or "
        "neither\n");
  CHECK(mistakes_of("upstream: {authentication: iam, tls: {mode: disable}}") ==
        "f.yaml:1:28: upstream.authentication is iam without TLS, which would show the token to "
        "everybody on the way; set upstream.tls.mode: verify-full\n");
  CHECK(mistakes_of("upstream: {authentication: iam, password: x}") ==
        "f.yaml:1:43: upstream.password is of no use with authentication: iam; leave one of them "
        "out\n");
  CHECK(mistakes_of("pool: {connections: 2, reserve: 3}") ==
        "f.yaml:1:33: pool.reserve is more than pool.connections; the reserve is a part of "
        "them\n");
  CHECK(mistakes_of("pool: {lifetime: 5m}") ==
        "f.yaml:1:7: pool.lifetime_jitter is not less than pool.lifetime, from which it is taken; "
        "write a tenth of it\n");
  CHECK(mistakes_of("users: {a: [1]}") == "f.yaml:1:12: users.a must be a single value\n");
  CHECK(mistakes_of("users: {a: 1, a: 2}") == "f.yaml:1:15: users.a is given twice\n");
  CHECK(mistakes_of("listen: 0.0.0.0:1\nusers: {a: b}").empty());
}

TEST_CASE("config: all mistakes are reported at once") {
  CHECK(mistakes_of("threads: x\nlog: {level: loud}\nlimit: {}") ==
        "f.yaml:1:10: threads is \"x\"; write a number from 0 to 256\n"
        "f.yaml:2:14: log.level is \"loud\"; write one of debug, info, warning, error\n"
        "f.yaml:3:1: unknown key limit; did you mean limits?\n");
}

TEST_CASE("config: table rules") {
  const auto parsed = parse_table_rules(
      "tables:\n  shards: {share: auto, reason: the fence}\n  other: {share: key_share}\n",
      "r.yaml");
  CHECK(parsed.mistakes.empty());
  REQUIRE(parsed.rules.tables.size() == 2);
  CHECK(parsed.rules.tables.at("shards").share == rewriter::ShareRule::auto_);
  CHECK(parsed.rules.tables.at("shards").reason == "the fence");
  CHECK(parsed.rules.tables.at("other").share == rewriter::ShareRule::key_share);

  const auto wrong = parse_table_rules(
      "table: {}\ntables:\n  a: {share: none}\n  b: {shared: drop}\n  b: {}\n", "r.yaml");
  std::string lines;
  for (const auto& mistake : wrong.mistakes) lines += describe(mistake) + "\n";
  CHECK(lines ==
        "r.yaml:1:1: unknown key table; did you mean tables?\n"
        "r.yaml:3:14: tables.a.share is \"none\"; write one of auto, key_share, for_update, drop\n"
        "r.yaml:4:7: unknown key tables.b.shared; did you mean share?\n"
        "r.yaml:5:6: tables.b is given twice\n");
}

TEST_CASE("config: a table's key and version") {
  const auto parsed = parse_table_rules(
      "tables:\n"
      "  a: {update: version_check, key: [x, y], version: v, columns: [x, y, v]}\n"
      "  b: {update: primary_key, key: [x]}\n"
      "  c: {key: [x], split: [x], transient: true}\n",
      "r.yaml");
  CHECK(parsed.mistakes.empty());
  CHECK(parsed.rules.tables.at("c").transient);
  CHECK_FALSE(parsed.rules.tables.at("b").transient);
  const auto& a = parsed.rules.tables.at("a");
  CHECK(a.update == rewriter::UpdateRule::version_check);
  CHECK(a.key == std::vector<std::string>{"x", "y"});
  CHECK(a.version == "v");
  CHECK(parsed.rules.tables.at("b").update == rewriter::UpdateRule::primary_key);
  CHECK(parsed.rules.tables.at("c").update == rewriter::UpdateRule::for_update);

  struct Sample {
    const char* rule;
    const char* mistake;
  };
  for (const auto& [rule, mistake] : {
           Sample{"{update: version_check, version: v}",
                  "update is version_check, which needs the primary key; write key: [column, ...]"},
           {"{update: version_check, key: [x]}",
            "update is version_check, which needs a version; write version: column"},
           {"{update: primary_key}",
            "update is primary_key, which needs it by name; write key: [column, ...]"},
           {"{key: [x, z], columns: [x, y]}", "key names z, which is not among its columns"},
           {"{key: [x], version: z, columns: [x, y]}",
            "version names z, which is not among its columns"},
           {"{key: [x, x]}", "key names x twice"},
           {"{key: [x], version: x}",
            "version names a column of the key, which does not change with the row"},
           {"{key: [x], split: [x, y]}",
            "split is not the same as key; both are the table's primary key"},
           {"{update: always}",
            "update is \"always\"; write one of for_update, version_check, primary_key"},
       }) {
    CAPTURE(rule);
    const auto wrong = parse_table_rules(std::string("tables: {t: ") + rule + "}", "r.yaml");
    REQUIRE(wrong.mistakes.size() == 1);
    CHECK(describe(wrong.mistakes.front()).find(std::string("tables.t.") + mistake) !=
          std::string::npos);
  }
}

}  // namespace
}  // namespace occam::config
