#include "config/listener_section.hpp"

#include <algorithm>
#include <string_view>

#include "proxy/wire/scram_verifier.hpp"

namespace occam::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

void read_client_tls(Section section, ClientTls& tls) {
  section.choice<ClientTlsMode>("mode", tls.mode,
                                {{"off", ClientTlsMode::off},
                                 {"allow", ClientTlsMode::allow},
                                 {"require", ClientTlsMode::require}});
  section.file("certificate", tls.certificate);
  section.file("key", tls.key);
  section.file("client_ca", tls.client_ca);
  if (tls.mode != ClientTlsMode::off && (tls.certificate.empty() || tls.key.empty()))
    section.blame("mode", "needs tls.certificate and tls.key; name two PEM files");
  if (!tls.client_ca.empty() && tls.mode != ClientTlsMode::require)
    section.blame("client_ca",
                  "asks nothing of clients that come without TLS; set tls.mode: require, or leave "
                  "it out");
  section.finish();
}

void read_upstream_tls(Section section, UpstreamTls& tls) {
  section.choice<UpstreamTlsMode>("mode", tls.mode,
                                  {{"disable", UpstreamTlsMode::disable},
                                   {"require", UpstreamTlsMode::require},
                                   {"verify-ca", UpstreamTlsMode::verify_ca},
                                   {"verify-full", UpstreamTlsMode::verify_full}});
  section.file("ca", tls.ca);
  section.text("server_name", tls.server_name);
  section.choice<TlsNegotiation>(
      "negotiation", tls.negotiation,
      {{"postgres", TlsNegotiation::postgres}, {"direct", TlsNegotiation::direct}});
  section.file("certificate", tls.certificate);
  section.file("key", tls.key);
  if (tls.certificate.empty() != tls.key.empty())
    section.blame(tls.key.empty() ? "certificate" : "key",
                  "stands alone; name both a certificate and its key, or neither");
  section.finish();
}

void read_upstream(Section section, Upstream& upstream) {
  section.choice<rewriter::Server>("server", upstream.server,
                                   {{"aurora_dsql", rewriter::Server::aurora_dsql},
                                    {"postgresql", rewriter::Server::postgresql}});
  section.text("host", upstream.host);
  section.number("port", upstream.port, 1, 65535);
  section.text("database", upstream.database);
  section.text("user", upstream.user);
  section.choice<UpstreamAuthentication>(
      "authentication", upstream.authentication,
      {{"password", UpstreamAuthentication::password}, {"iam", UpstreamAuthentication::iam}});
  section.text("password", upstream.password);
  section.text("region", upstream.region);
  section.text("profile", upstream.profile);
  read_upstream_tls(section.section("tls"), upstream.tls);
  section.duration("connect_timeout", upstream.connect_timeout, 100ms, 60s);
  if (upstream.host.empty())
    section.blame("host", "is empty; write the upstream's name or address");
  const bool iam = upstream.authentication == UpstreamAuthentication::iam;
  if (iam && upstream.tls.mode == UpstreamTlsMode::disable)
    section.blame("authentication",
                  "is iam without TLS, which would show the token to everybody on the way; set "
                  "upstream.tls.mode: verify-full");
  if (iam && !upstream.password.empty())
    section.blame("password", "is of no use with authentication: iam; leave one of them out");
  section.finish();
}

void read_pool(Section section, Pool& pool) {
  section.choice<PoolMode>(
      "mode", pool.mode, {{"transaction", PoolMode::transaction}, {"session", PoolMode::session}});
  section.number("connections", pool.connections, 1, 10000);
  section.number("reserve", pool.reserve, 0, 10000);
  section.number("connects_per_second", pool.connects_per_second, 1, 100000);
  section.number("connect_burst", pool.connect_burst, 1, 100000);
  section.duration("lifetime", pool.lifetime, 1s, 24h);
  section.duration("lifetime_jitter", pool.lifetime_jitter, 0ms, 24h);
  section.duration("idle_timeout", pool.idle_timeout, 100ms, 24h);
  section.duration("health_check", pool.health_check, 100ms, 24h);
  section.duration("wait", pool.wait, 1ms, 5min);
  if (pool.reserve > pool.connections)
    section.blame("reserve", "is more than pool.connections; the reserve is a part of them");
  if (pool.lifetime_jitter >= pool.lifetime)
    section.blame("lifetime_jitter",
                  "is not less than pool.lifetime, from which it is taken; write a tenth of it");
  section.finish();
}

void read_rewriter(Section section, Rewriting& rewriter) {
  section.flag("enabled", rewriter.enabled);
  section.choice<std::optional<rewriter::Dialect>>("dialect", rewriter.dialect,
                                                   {{"current", rewriter::Dialect::current},
                                                    {"2025", rewriter::Dialect::dsql_2025},
                                                    {"auto", std::nullopt}});
  section.file("rules", rewriter.rules);
  section.size("longest_parsed", rewriter.longest_parsed, kib, 64 * mib);
  section.size("cache_bytes", rewriter.cache_bytes, 64 * kib, 1024 * mib);
  section.words("ignored_settings", rewriter.ignored_settings);
  for (auto& setting : rewriter.ignored_settings)
    std::transform(setting.begin(), setting.end(), setting.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::sort(rewriter.ignored_settings.begin(), rewriter.ignored_settings.end());
  section.finish();
}

// As PostgreSQL recognises one.
bool is_md5_hash(std::string_view text) {
  return text.size() == 35 && text.starts_with("md5") &&
         text.find_first_not_of("0123456789abcdef", 3) == std::string_view::npos;
}

std::string objection_to_user(const std::string& name, const std::string& password) {
  if (name.empty()) return "is a user without a name; write NAME: password";
  if (password.empty())
    return "is empty; write a password, or a verifier out of pg_authid.rolpassword";
  if (is_md5_hash(password))
    return "is an MD5 hash, which proves nothing here; write a password or a SCRAM-SHA-256 "
           "verifier";
  if (wire::verifier_like(password) && !wire::parse_verifier(password))
    return "is no whole verifier; write SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>, as "
           "pg_authid.rolpassword has it";
  return "";
}

}  // namespace

void check_reach(Section& section, const char* key, const Address& address, bool anywhere,
                 const std::string& remedy) {
  if (anywhere || is_loopback(address.host)) return;
  section.blame(key, "is " + address.host +
                         ", which other machines can reach, and nobody is asked for a password "
                         "there; " +
                         remedy +
                         "use 127.0.0.1, or set listen_anywhere: true if the network itself keeps "
                         "strangers out");
}

void read_listener(Section& section, Listener& listener) {
  section.address("listen", listener.listen);
  section.flag("listen_anywhere", listener.listen_anywhere);
  read_client_tls(section.section("tls"), listener.tls);
  for (auto& [name, password] : section.named_texts("users", objection_to_user))
    listener.users.push_back({std::move(name), std::move(password)});
  check_reach(section, "listen", listener.listen,
              listener.listen_anywhere || !listener.users.empty(), "name users, ");
  read_upstream(section.section("upstream"), listener.upstream);
  read_pool(section.section("pool"), listener.pool);
  read_rewriter(section.section("rewriter"), listener.rewriter);
}

}  // namespace occam::config
