// Reads a whole small file that may hold secrets: shared AWS files, token files.
#pragma once

#include <optional>
#include <string>

#include "proxy/iam/secret.hpp"

namespace occam::iam {

// Nothing if there is no such file. Throws NoCredentials if it cannot be read or is larger than
// 1 MiB.
std::optional<Secret> read_secret_file(const std::string& path);

}  // namespace occam::iam
