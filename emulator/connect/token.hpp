// Judges a client's password as an IAM token: a presigned SigV4 request whose signature is computed
// again with a secret that was configured. Pure: the time is told. Written from AWS's description,
// not from Occam's signer, so that the two cannot share a mistake. Neither token nor secret is ever
// in a text that leaves here.
// Source: facts/dsql.md §4; AWS, "Create a signed AWS API request".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/connect/fatal.hpp"

namespace emulator {

// The one identity that is known here.
struct Iam {
  std::string access_key;  // empty: no password is asked for
  std::string secret_key;
  std::string session_token;  // empty: a token must have none
  std::string host;           // empty: the name the client gave in its TLS handshake
  std::string region = "us-east-1";

  bool asked_for() const { return !access_key.empty(); }
};

// Nothing: the token is good for this user, now.
std::optional<Fatal> judge_token(std::string_view token, const Iam& iam, std::string_view user,
                                 std::chrono::sys_seconds now);

}  // namespace emulator
