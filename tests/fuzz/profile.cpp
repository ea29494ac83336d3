// AWS's shared files as a stranger might write them: read to an end, and every profile planned.
#include "proxy/iam/profile.hpp"

#include <cstdint>

using namespace occam::iam;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  Profiles profiles;
  read_profile_file(ProfileFileKind::config, text, profiles);
  read_profile_file(ProfileFileKind::credentials, text, profiles);
  for (const auto& [name, keys] : profiles) {
    try {
      plan_profile(profiles, name);
    } catch (const NoCredentials&) {
    }
  }
  return 0;
}
