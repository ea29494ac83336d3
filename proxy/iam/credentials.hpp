// AWS credentials: what signs a request, and until when. A value; wiped when it is dropped. Nobody
// prints it. The access key id is no secret to AWS, but is kept as one: it names an account.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "proxy/iam/secret.hpp"
#include "proxy/iam/timestamp.hpp"

namespace occam::iam {

struct Credentials {
  Secret access_key_id;
  Secret secret_access_key;
  Secret session_token;            // empty: these are a user's long-lived keys
  std::optional<Instant> expires;  // nothing: they do not, or nobody said when

  Credentials copy() const {
    return {access_key_id.copy(), secret_access_key.copy(), session_token.copy(), expires};
  }
};

// Where credentials should have come from, there were none. what() is one line without secrets that
// says what is wrong and, where it can be known, what to do.
class NoCredentials : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Nobody has asked for credentials from there; the next place may serve.
class NotConfigured : public NoCredentials {
 public:
  using NoCredentials::NoCredentials;
};

// Throws NoCredentials if they cannot sign anything at `now`: a part is missing, holds what no key
// holds, or they have expired.
void require_usable(const Credentials& credentials, Instant now);

}  // namespace occam::iam
