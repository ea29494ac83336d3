// What a profile of the shared AWS files asks for: where the first credentials come from, and which
// roles are assumed with them, one after the other. Profiles in, plan out; pure. Follows
// source_profile from profile to profile and finds loops; asks nobody. Owns what it returns.
// Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proxy/iam/credentials.hpp"
#include "proxy/iam/profile_file.hpp"

namespace occam::iam {

struct Role {
  std::string arn;
  std::string session_name;              // empty: ours
  std::string external_id;               // empty: none
  std::optional<std::uint32_t> seconds;  // nothing: as long as STS gives

  bool operator==(const Role&) const = default;
};

struct CredentialProcess {
  Secret command;
};
struct WebIdentity {
  std::string token_file;
  Role role;
};
enum class CredentialSource { environment, container, instance_metadata };

struct ProfilePlan {
  std::variant<Credentials, CredentialProcess, WebIdentity, CredentialSource> origin;
  std::vector<Role> roles;  // the first is assumed with what `origin` gives
};

// Nothing where the profile is not there, or asks for no credentials at all. Throws NoCredentials
// where it asks for what cannot be had.
std::optional<ProfilePlan> plan_profile(const Profiles& profiles, std::string_view name);

// The profile's `region`; empty where it has none.
std::string region_of_profile(const Profiles& profiles, std::string_view name);

}  // namespace occam::iam
