// The one secret of this process: drawn when it is first asked for, the same for as long as the
// process runs. What is derived from it cannot be foreseen; it never leaves the process.
// Thread-safe.
#pragma once

#include "proxy/wire/scram.hpp"

namespace occam {

const wire::scram::Key& process_secret();

}  // namespace occam
