// From files to settings: reads the configuration and the table rules it names, with this
// process's environment, and makes a rewriter of them. Mistakes are thrown all at once, one line
// each. Of the users' passwords only verifiers are left. But for the certificates of proxy/net the
// only place of the program that opens files.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "rewriter/rewriter.hpp"

#include "config/config.hpp"

namespace occam {

// what(): one line per mistake, without a newline at the end.
class WrongSettings : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Settings {
  config::Config config;
  // One for each listener, as it is while nothing is known of the upstream.
  std::vector<rewriter::RewriterOptions> rewriters;
};

// Throws WrongSettings.
Settings read_settings(const std::string& config_file);

// Names of the top-level keys that differ, separated by commas. `rewriter`, `tls` and
// `upstream.tls` are not among them, nor those of a listener.
std::string changed_keys(const config::Config& before, const config::Config& after);

}  // namespace occam
