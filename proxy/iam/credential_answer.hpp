// Reads what a container endpoint, an instance's metadata service or a credential_process answers:
// one JSON object with the same keys in each. Text in, credentials out; pure. What it throws never
// quotes the text.
#pragma once

#include <string>
#include <string_view>

#include "proxy/iam/credentials.hpp"
#include "proxy/iam/http_message.hpp"

namespace occam::iam {

// Of a container endpoint or of the metadata service. `asked`: secrets that went out with the
// request, and must not come back in an error's text.
Credentials read_http_credentials(const HttpAnswer& answer, std::string_view asked);

// Of a credential_process: `Version` must be 1.
Credentials read_process_credentials(std::string_view text);

}  // namespace occam::iam
