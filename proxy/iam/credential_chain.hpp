// Finds AWS credentials where AWS's own tools find them, in their order: environment, shared files,
// web identity, container endpoint, instance metadata (facts/dsql.md §4). A place that nobody set
// up is passed over; one that is set up and fails ends the search, since what stands behind it is
// another identity. Blocks, with bounds: only for a thread that may wait. May be used by one thread
// at a time.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "proxy/iam/credentials.hpp"
#include "proxy/iam/environment.hpp"

namespace occam::iam {

struct FoundCredentials {
  Credentials credentials;
  std::string place;                  // for the log: "environment", "shared files" ...
  std::optional<std::string> advice;  // where an answer showed that this machine's clock is wrong
};

class CredentialChain {
 public:
  // `profile`: the only place to look, if it is named here. `region`: of STS, where neither the
  // environment nor the profile names one.
  CredentialChain(Environment environment, std::string profile, std::string region);

  // Throws NoCredentials with one line that says of every place why it did not serve.
  FoundCredentials find(const std::stop_token& stop = {}) const;

 private:
  Environment environment_;
  std::string profile_;
  std::string region_;
};

}  // namespace occam::iam
