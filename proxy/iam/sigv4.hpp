// AWS Signature Version 4, in its two forms: in the query of a presigned request, and in an
// Authorization header. One canonical form serves both. Knows no service and no clock: the time is
// a parameter, and the known answers of facts/dsql.md §4 are tests. Views live as long as the call.
// Source: AWS, "Create a signed AWS API request".
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/iam/credentials.hpp"

namespace occam::iam {

struct Field {
  std::string_view name;
  std::string_view value;
};
using Fields = std::vector<Field>;

struct SignedRequest {
  std::string_view method;
  std::string_view path;
  Fields query;
  Fields headers;  // all of them are signed; names in lower case
  std::string_view body;
};

struct Signing {
  const Credentials& credentials;
  std::string_view region;
  std::string_view service;
  Instant time;
};

WipedText canonical_request(const SignedRequest& request);
WipedText string_to_sign(const Signing& signing, std::string_view canonical);

// The query of a GET of `host`, path /, signed: `query` and the X-Amz- fields that say by whom,
// when, for how long and for which host. `expires` is at most a week.
Secret presigned_query(const Signing& signing, std::string_view host, Fields query,
                       std::chrono::seconds expires);

struct Authorization {
  std::string date;  // x-amz-date
  Secret authorization;
};
// For a request that will carry x-amz-date, x-amz-security-token if there is a session token, and
// this Authorization, beside its own headers.
Authorization authorize(const Signing& signing, SignedRequest request);

void append_percent_encoded(WipedText& out, std::string_view text);
std::string sha256_hex(std::string_view text);

}  // namespace occam::iam
