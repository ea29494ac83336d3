// Runs a credential_process and gives what it wrote to its standard output. Its standard error is
// thrown away, since it may hold secrets; its standard input is empty. Blocks: only for a thread
// that may wait. Knows nothing of what the output means.
#pragma once

#include <chrono>
#include <stop_token>

#include "proxy/iam/secret.hpp"

namespace occam::iam {

// Throws NoCredentials if it cannot be started, writes too much, does not end in time or ends with
// another status than 0. One that has to be ended gets SIGKILL, with all it started. `stop` ends it
// at once.
Secret run_credential_process(const Secret& command, std::chrono::milliseconds timeout,
                              const std::stop_token& stop);

}  // namespace occam::iam
