#include "emulator/settings.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>

namespace emulator {
namespace {

template <class Number>
Number read_number(const std::string& text, Number least) {
  Number number{};
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && at == end && number >= least) return number;
  std::ostringstream why;
  why << "'" << text << "' is not a number of at least " << least;
  throw BadOption(why.str());
}

bool read_word(const std::string& text, const std::string& yes, const std::string& no) {
  if (text != yes && text != no) throw BadOption("'" + text + "' is neither " + yes + " nor " + no);
  return text == yes;
}

// ${NAME} is the environment's, so that a secret need stand neither in a file nor in a process
// list.
std::string read_secret(const std::string& text) {
  if (!text.starts_with("${") || !text.ends_with('}')) return text;
  const auto name = text.substr(2, text.size() - 3);
  const char* value = std::getenv(name.c_str());
  if (!value) throw BadOption("environment variable " + name + " is not set");
  return value;
}

using Text = const std::string&;

constexpr Setting table[] = {
    {"listen", "HOST:PORT, port 0 picks a free one [127.0.0.1:5433]",
     [](Text text, Options& to) { to.listen = read_address(text); }},
    {"postgres", "postgres://[USER[:PASSWORD]@]HOST:PORT[/DB]",
     [](Text text, Options& to) { to.postgres = read_postgres(text); }},
    {"dialect", "current, 2026-08, 2025 or a day YYYY-MM-DD: which DSQL to be",
     [](Text text, Options& to) { to.dialect = read_dialect(text); }},
    {"metrics", "HOST:PORT for GET /metrics", [](Text text, Options& to) { to.metrics = text; }},
    {"seed", "of the faults with p=X [1]",
     [](Text text, Options& to) { to.seed = read_number<std::uint64_t>(text, 0); }},
    {"lock_timeout_ms",
     "how long a statement waits for another session's before the others are undone [5]",
     [](Text text, Options& to) { to.lock_timeout_ms = read_number(text, 0); }},
    {"databases", "one: postgres only; any: all that PostgreSQL has [one]",
     [](Text text, Options& to) { to.entrance.any_database = read_word(text, "any", "one"); }},
    {"definitions", "dsql: judged; any: as PostgreSQL takes them [dsql]",
     [](Text text, Options& to) { to.any_definitions = read_word(text, "any", "dsql"); }},
    {"key_share_fences",
     "on: FOR UPDATE conflicts with FOR KEY SHARE even if an UPDATE follows; off: not then [on]",
     [](Text text, Options& to) { to.key_share_fences = read_word(text, "on", "off"); }},
    {"tls.certificate", "PEM file of the certificate and its chain; without it there is no TLS",
     [](Text text, Options& to) { to.entrance.certificate = text; }},
    {"tls.key", "PEM file of its key", [](Text text, Options& to) { to.entrance.key = text; }},
    {"tls.require", "with a certificate: refuse plaintext [true]",
     [](Text text, Options& to) { to.entrance.tls_required = read_word(text, "true", "false"); }},
    {"iam.access_key", "ask for an IAM token of this key id; without it no password is asked for",
     [](Text text, Options& to) { to.entrance.iam.access_key = read_secret(text); }},
    {"iam.secret_key", "its secret; '${NAME}' takes it from the environment",
     [](Text text, Options& to) { to.entrance.iam.secret_key = read_secret(text); }},
    {"iam.session_token", "its session token, if it has one; '${NAME}' as above",
     [](Text text, Options& to) { to.entrance.iam.session_token = read_secret(text); }},
    {"iam.host", "the host that tokens are for [the client's TLS server name]",
     [](Text text, Options& to) { to.entrance.iam.host = text; }},
    {"iam.region", "the region that tokens are for [us-east-1]",
     [](Text text, Options& to) { to.entrance.iam.region = text; }},
    {"limits.connections", "clients at once [10000]",
     [](Text text, Options& to) {
       to.entrance.limits.connections = read_number<std::uint64_t>(text, 0);
     }},
    {"limits.connects_per_second", "how fast clients may come [100]",
     [](Text text, Options& to) {
       to.entrance.limits.connects_per_second = read_number(text, 0.001);
     }},
    {"limits.connect_burst", "how many may come at once after a pause [1000]",
     [](Text text, Options& to) { to.entrance.limits.connect_burst = read_number(text, 1.0); }},
    {"limits.session_age_s", "seconds until a connection is cut, 0: never [3600]",
     [](Text text, Options& to) {
       to.entrance.session_age = std::chrono::seconds(read_number(text, 0));
     }},
    {"limits.message_bytes", "the longest message; a longer one closes the connection [10485760]",
     [](Text text, Options& to) {
       to.entrance.message_bytes = read_number<std::uint32_t>(text, 1'024);
     }},
    {"limits.rows", "rows that one transaction may change [3000]",
     [](Text text, Options& to) { read_limit("rows=" + text, to.limits); }},
    {"limits.bytes", "bytes that one transaction may write [10485760]",
     [](Text text, Options& to) { read_limit("bytes=" + text, to.limits); }},
    {"limits.age_ms", "how long a transaction may last [300000]",
     [](Text text, Options& to) { read_limit("age_ms=" + text, to.limits); }},
    {"limits.column_bytes", "the largest value [1048576]",
     [](Text text, Options& to) { read_limit("column_bytes=" + text, to.limits); }},
    {"limits.row_bytes", "the largest row [2097152]",
     [](Text text, Options& to) { read_limit("row_bytes=" + text, to.limits); }},
    {"limits.key_bytes", "the largest index entry [1981]",
     [](Text text, Options& to) { read_limit("key_bytes=" + text, to.limits); }},
    {"limits.indexes", "of one table [24]",
     [](Text text, Options& to) { read_limit("indexes=" + text, to.limits); }},
};

}  // namespace

std::string Setting::flag() const {
  std::string name = "--" + std::string(key);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '_'; }, '-');
  return name;
}

std::span<const Setting> settings() { return table; }

}  // namespace emulator
