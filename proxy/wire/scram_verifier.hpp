// What a server keeps of a password to check SCRAM-SHA-256 proofs: enough to recognise whoever
// knows it, too little to log in with. Reads the form in which pg_authid.rolpassword stands, and
// makes one of a password. Knows no exchange and no user. Pure; the salt is a parameter.
// Source: PostgreSQL manual, "pg_authid"; RFC 5803.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/wire/scram.hpp"

namespace occam::wire {

struct ScramVerifier {
  // PostgreSQL's own.
  static constexpr int usual_iterations = 4096;
  static constexpr std::size_t usual_salt_bytes = 16;

  int iterations = usual_iterations;
  std::string salt;
  scram::Key stored_key;
  scram::Key server_key;
};

// Whether the text means to be a verifier, well-formed or not: no password begins so.
bool verifier_like(std::string_view text);
// SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>; nothing if it is malformed.
std::optional<ScramVerifier> parse_verifier(std::string_view text);
// The form that parse_verifier reads.
std::string verifier_text(const ScramVerifier& verifier);
// `password` as scram::salted_password takes it.
ScramVerifier make_verifier(std::string_view password, std::string salt,
                            int iterations = ScramVerifier::usual_iterations);

}  // namespace occam::wire
