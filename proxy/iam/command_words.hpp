// Splits the command line of a credential_process into words, as the AWS CLI does (botocore:
// compat_shell_split, which is Python's shlex): quotes and backslashes mean what they mean to a
// shell; variables, ~, pipes and redirections mean nothing, and no shell runs. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "proxy/iam/secret.hpp"

namespace occam::iam {

// Nothing if a quote is not closed, or the line ends in a backslash.
std::optional<std::vector<WipedText>> command_words(std::string_view line);

}  // namespace occam::iam
