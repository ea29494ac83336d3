// The token that Aurora DSQL takes as a password: a presigned request without its scheme
// (facts/dsql.md §4). Made from the settings, the credentials and the time alone; knows no network.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/iam/credentials.hpp"

namespace occam::iam {

constexpr std::chrono::seconds shortest_token{1};
constexpr std::chrono::seconds longest_token{604800};  // X-Amz-Expires takes no more

// What the tokens of one upstream are for.
struct IamSettings {
  std::string host;  // the cluster's endpoint: it is signed
  std::string user;
  std::string region;   // empty: the one in `host`
  std::string profile;  // empty: AWS_PROFILE, else `default`
  std::chrono::seconds expires{900};

  bool operator==(const IamSettings&) const = default;
};

// The region in an endpoint's name, PrivateLink and FIPS included; nothing if it is no endpoint of
// DSQL.
std::optional<std::string> region_of(std::string_view host);

// `region`, or the one in `host`; empty if there is neither.
std::string region_of(const IamSettings& settings);

// One line that says what to change, or nothing if tokens can be made with these.
std::optional<std::string> mistake_in(const IamSettings& settings);

struct Token {
  Secret text;
  Instant issued;
  Instant expires;  // never later than the credentials that signed it
};
// The settings have no mistake, and the credentials are valid at `now`.
Token make_token(const IamSettings& settings, const Credentials& credentials, Instant now);

// Whether a token that is made at `now` lives its whole life; of credentials without an end nobody
// knows.
bool outlasts(const Credentials& credentials, Instant now, std::chrono::seconds life);

}  // namespace occam::iam
