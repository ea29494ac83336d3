// The two calls to AWS's Security Token Service that give credentials for a role: AssumeRole,
// signed with other credentials, and AssumeRoleWithWebIdentity, which a token vouches for. Requests
// out, answers in; pure. The answers are read as XML: that is what the API reference promises, JSON
// is documented nowhere. Source: AWS STS API Reference.
#pragma once

#include <string>
#include <string_view>

#include "proxy/iam/credentials.hpp"
#include "proxy/iam/environment.hpp"
#include "proxy/iam/http_message.hpp"
#include "proxy/iam/profile.hpp"

namespace occam::iam {

struct StsEndpoint {
  std::string url;  // of the region, or what AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL says
  std::string region;
};
// Throws NoCredentials if a variable holds no URL.
StsEndpoint sts_endpoint(const Environment& environment, const std::string& region);

HttpRequest assume_role(const StsEndpoint& endpoint, const Role& role,
                        const Credentials& credentials, Instant now);
HttpRequest assume_role_with_web_identity(const StsEndpoint& endpoint, const Role& role,
                                          const Secret& web_identity);

// `asked`: the secret that went out with the request.
Credentials read_sts_answer(const HttpAnswer& answer, const Role& role, const Secret& asked);

}  // namespace occam::iam
