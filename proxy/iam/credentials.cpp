#include "proxy/iam/credentials.hpp"

#include <algorithm>
#include <string_view>

namespace occam::iam {
namespace {

// All of them travel in headers and queries, so a line break in one would be more than a wrong key.
void require_word(std::string_view name, const Secret& secret) {
  const auto text = secret.reveal();
  if (std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c == '\x7f'; }))
    throw NoCredentials("the " + std::string(name) + " holds a blank or a control character");
}

}  // namespace

void require_usable(const Credentials& credentials, Instant now) {
  if (credentials.access_key_id.empty()) throw NoCredentials("there is no access key id");
  if (credentials.secret_access_key.empty()) throw NoCredentials("there is no secret access key");
  require_word("access key id", credentials.access_key_id);
  require_word("secret access key", credentials.secret_access_key);
  require_word("session token", credentials.session_token);
  if (credentials.expires && *credentials.expires <= now)
    throw NoCredentials("the credentials expired at " + amz_date(*credentials.expires) +
                        ", by this machine's clock");
}

}  // namespace occam::iam
