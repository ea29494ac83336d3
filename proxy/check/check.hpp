// `occam check`: tries everything that serving needs against the real upstream, and says of each
// step what is well, what is wrong and what to do.
#pragma once

#include <string>

namespace occam::check {

struct Options {
  std::string config_file;
  std::string listener;  // empty: all of them
  std::string database;  // whose tables are looked for; empty: Temporal's, where rules name them
  std::string user;      // to log in as where upstream.user is empty
  bool verbose = false;  // with what Occam relies on and cannot try
  bool json = false;
};

// Returns 0, or 1 if a step failed. Throws WrongSettings.
int check(const Options& options);

}  // namespace occam::check
