// What a client must bring to be let in, and for how long it may stay: the options of the connect
// surface and what is made of them once for all sessions. Defaults are DSQL's (facts/dsql.md §2,
// §4), but for TLS and IAM, which need files and keys. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "emulator/connect/certificate.hpp"
#include "emulator/connect/quota.hpp"
#include "emulator/connect/token.hpp"

namespace emulator {

struct EntranceRules {
  std::string certificate;  // PEM file; empty: no TLS
  std::string key;
  bool tls_required = true;  // where there is a certificate
  Iam iam;
  ConnectLimits limits;
  std::chrono::seconds session_age{3'600};  // 0: for ever
  std::size_t message_bytes = std::size_t{10} * 1024 * 1024;
  bool any_database = false;  // else `postgres` is the only one
};

class Entrance {
 public:
  // Throws BadCertificate.
  explicit Entrance(const EntranceRules& of) : rules(of), quota(of.limits) {
    if (!rules.certificate.empty()) certificate.emplace(rules.certificate, rules.key);
  }

  const EntranceRules rules;
  std::optional<Certificate> certificate;
  Quota quota;
};

}  // namespace emulator
