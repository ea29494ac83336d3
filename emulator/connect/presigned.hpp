// A presigned request without its scheme, "HOST/?NAME=VALUE&…", taken apart and put in the order in
// which it was signed. Pure; knows no parameter's meaning.
// Source: AWS, "Create a signed AWS API request", canonical request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace emulator {

struct Presigned {
  std::string host;
  std::vector<std::pair<std::string, std::string>> parameters;  // decoded, as they stood

  bool has(std::string_view name) const;
  // The value of the only parameter of this name; nothing for none, and for more than one.
  std::optional<std::string_view> value(std::string_view name) const;
  // Sorted and encoded anew, without the parameter `but`. What a client emits need not be sorted:
  // botocore's session token is not (facts/dsql.md §4).
  std::string canonical_query(std::string_view but) const;
};

// Nothing for a text that has not this form.
std::optional<Presigned> read_presigned(std::string_view text);

}  // namespace emulator
