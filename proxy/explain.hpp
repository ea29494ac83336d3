// `occam explain`: shows what Occam makes of a statement, without any server.
#pragma once

#include <string>

namespace occam {

// `config_file` may be empty: the default dialect, no table rules. What
// `auto` means is shown as it is while nothing is known of the upstream. `sql` may be "-": standard
// input. Returns the exit code: 0 if the statement would be sent, 1 if Occam refuses it.
// Throws WrongSettings.
int explain(const std::string& config_file, const std::string& sql, bool json);

}  // namespace occam
