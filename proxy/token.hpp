// `occam token`: prints one IAM token, as Occam itself would log in to the upstream with.
#pragma once

#include <string>

namespace occam {

struct TokenOptions {
  std::string config_file;        // empty: all of it stands in the other options
  std::string listener = "main";  // of the configuration: whose upstream the token is for
  // What is not empty goes before the configuration.
  std::string host;
  std::string user;
  std::string region;
  std::string profile;
  std::string expires;
};

// The token alone goes to standard output. Returns 0. Throws WrongSettings where it cannot know
// what to make, and iam::NoCredentials.
int token(const TokenOptions& options);

}  // namespace occam
