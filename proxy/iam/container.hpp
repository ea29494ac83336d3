// The endpoint from which a container gets the credentials of its task or pod (ECS, EKS Pod
// Identity). Environment in, request out; pure. Source: AWS SDKs and Tools Reference Guide,
// "Container credential provider".
#pragma once

#include "proxy/iam/environment.hpp"
#include "proxy/iam/http_message.hpp"

namespace occam::iam {

// The request without its Authorization. Throws NotConfigured where no endpoint is named, and
// NoCredentials where it is one that must not be asked: over plain HTTP only this machine and the
// addresses of AWS's agents are.
HttpRequest container_request(const Environment& environment);

// The file whose contents are the Authorization; it goes before the variable. Empty: none.
std::string container_token_file(const Environment& environment);

// Adds it; throws NoCredentials if it is no header's value.
void add_authorization(HttpRequest& request, const Secret& token);

}  // namespace occam::iam
