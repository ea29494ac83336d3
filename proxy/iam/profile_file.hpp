// Reads the text of AWS's shared config and credentials files: sections, keys, comments, nested
// keys, values that go on in the next line. Pure; the text is any bytes at all. Owns what it keeps,
// and wipes it. Knows no key's meaning. Source: AWS SDKs and Tools Reference Guide, "Shared config
// and credentials files"; where that is silent, botocore's reading.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "proxy/iam/secret.hpp"

namespace occam::iam {

// Keys in lower case; a nested key as parent.key.
using ProfileKeys = std::map<std::string, Secret, std::less<>>;
using Profiles = std::map<std::string, ProfileKeys, std::less<>>;

enum class ProfileFileKind {
  config,       // [default], [profile NAME]; sections of any other kind are passed over
  credentials,  // [NAME]
};

// Adds a file's profiles to those that are there; of a key given twice, the later one counts, so
// the config file is read first. Returns an empty text, or what is wrong and in which line; never
// what stands there. Nothing after such a line is read.
std::string read_profile_file(ProfileFileKind kind, std::string_view text, Profiles& profiles);

}  // namespace occam::iam
