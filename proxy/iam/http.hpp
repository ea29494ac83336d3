// Sends one HTTP request and waits for its answer, by libcurl. Blocks: only for a thread that may
// wait. Follows no redirect, since a credential goes nowhere but where it was addressed to. Knows
// nothing of what is asked.
#pragma once

#include <stdexcept>
#include <stop_token>

#include "proxy/iam/http_message.hpp"

namespace occam::iam {

// There was no answer. what() is one line without secrets.
class HttpFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Any status is an answer. `stop` ends it within a second.
HttpAnswer exchange(const HttpRequest& request, const std::stop_token& stop);

}  // namespace occam::iam
