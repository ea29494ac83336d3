// One listener: the address where clients connect, whom it lets in, the upstream they are led to
// and what is done with their SQL. Plain values with their defaults; config/occam.yaml has a
// sentence for each. Paths are as they can be opened: relative ones start at the file's folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rewriter/dialect.hpp"
#include "rewriter/parameters.hpp"

#include "config/units.hpp"

namespace occam::config {

enum class ClientTlsMode { off, allow, require };

// Towards clients.
struct ClientTls {
  ClientTlsMode mode = ClientTlsMode::off;
  std::string certificate;  // file: PEM, the certificate and its chain
  std::string key;          // file: PEM
  std::string client_ca;    // file: PEM; clients must show a certificate it has signed; empty: none

  bool operator==(const ClientTls&) const = default;
};

struct User {
  std::string name;
  std::string password;  // or a SCRAM-SHA-256 verifier, as pg_authid has it

  bool operator==(const User&) const = default;
};

// libpq's sslmode; its prefer and allow are left out, since neither protects.
enum class UpstreamTlsMode { disable, require, verify_ca, verify_full };
// How TLS begins: after an SSLRequest, or at once (sslnegotiation=direct of PostgreSQL 17).
enum class TlsNegotiation { postgres, direct };

struct UpstreamTls {
  UpstreamTlsMode mode = UpstreamTlsMode::verify_full;
  std::string ca;           // file: PEM; empty: the system's
  std::string server_name;  // named in the handshake (SNI) and verified; empty: upstream.host
  TlsNegotiation negotiation = TlsNegotiation::postgres;
  std::string certificate;  // file: PEM, Occam's own, for an upstream that asks for one
  std::string key;          // file: PEM

  bool operator==(const UpstreamTls&) const = default;
};

enum class UpstreamAuthentication { password, iam };

struct Upstream {
  rewriter::Server server = rewriter::Server::aurora_dsql;
  std::string host = "127.0.0.1";
  std::uint32_t port = 5432;
  std::string database;  // empty: the one the client names
  std::string user;      // empty: the one the client names
  UpstreamAuthentication authentication = UpstreamAuthentication::password;
  std::string password;  // empty: none
  std::string region;    // of the IAM token; empty: found from the host
  std::string profile;   // of the AWS files; empty: AWS_PROFILE, or default
  UpstreamTls tls;
  std::chrono::milliseconds connect_timeout{5000};

  bool operator==(const Upstream&) const = default;
};

enum class PoolMode { transaction, session };

// facts/dsql.md §4: connections live 60 minutes, and a cluster takes 100 connects per second.
struct Pool {
  PoolMode mode = PoolMode::transaction;
  std::uint32_t connections = 100;  // at most, of all threads
  std::uint32_t reserve = 4;        // kept open
  std::uint32_t connects_per_second = 10;
  std::uint32_t connect_burst = 100;
  std::chrono::milliseconds lifetime = std::chrono::minutes(55);
  std::chrono::milliseconds lifetime_jitter = std::chrono::minutes(5);
  std::chrono::milliseconds idle_timeout = std::chrono::minutes(10);
  std::chrono::milliseconds health_check = std::chrono::minutes(1);
  std::chrono::milliseconds wait = std::chrono::seconds(5);

  bool operator==(const Pool&) const = default;
};

struct Rewriting {
  bool enabled = true;  // false: SQL passes as it comes
  // Nothing: found out at the upstream.
  std::optional<rewriter::Dialect> dialect = rewriter::Dialect::current;
  std::string rules;  // file; empty: none
  std::size_t longest_parsed = std::size_t{16} << 20;
  std::size_t cache_bytes = std::size_t{16} << 20;
  // `name` or `name=value`, in lower case and in order (rewriter/parameters.hpp).
  std::vector<std::string> ignored_settings{rewriter::harmless_settings().begin(),
                                            rewriter::harmless_settings().end()};

  bool operator==(const Rewriting&) const = default;
};

struct Listener {
  std::string name = "main";  // that of the top level
  Address listen{"127.0.0.1", 6432};
  bool listen_anywhere = false;
  ClientTls tls;
  std::vector<User> users;  // none: whoever connects is trusted
  Upstream upstream;
  Pool pool;
  Rewriting rewriter;

  bool operator==(const Listener&) const = default;
};

}  // namespace occam::config
