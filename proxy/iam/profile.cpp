#include "proxy/iam/profile.hpp"

#include <algorithm>
#include <charconv>

namespace occam::iam {
namespace {

// What AWS takes; a role's own maximum may be lower.
constexpr std::uint32_t shortest_role = 900;
constexpr std::uint32_t longest_role = 43200;
// Each is a call to STS, one after the other.
constexpr std::size_t most_roles = 5;

[[noreturn]] void refuse(std::string_view profile, const std::string& what) {
  throw NoCredentials("profile '" + std::string(profile) + "' " + what);
}

// One profile's keys, by name.
class Keys {
 public:
  Keys(std::string_view name, const ProfileKeys& keys) : name_(name), keys_(keys) {}

  std::string_view operator[](std::string_view key) const {
    const auto found = keys_.find(key);
    return found == keys_.end() ? std::string_view() : found->second.reveal();
  }
  std::string text(std::string_view key) const { return std::string((*this)[key]); }
  bool has(std::string_view key) const { return !(*this)[key].empty(); }
  bool has_any_sso() const {
    return std::any_of(keys_.begin(), keys_.end(),
                       [](const auto& key) { return key.first.starts_with("sso_"); });
  }
  std::string_view name() const { return name_; }

 private:
  std::string_view name_;
  const ProfileKeys& keys_;
};

bool has_static_keys(const Keys& keys) {
  const bool id = keys.has("aws_access_key_id");
  const bool secret = keys.has("aws_secret_access_key");
  if (id && !secret) refuse(keys.name(), "has aws_access_key_id but no aws_secret_access_key");
  if (secret && !id) refuse(keys.name(), "has aws_secret_access_key but no aws_access_key_id");
  return id;
}

Credentials static_keys(const Keys& keys) {
  return {Secret(keys["aws_access_key_id"]), Secret(keys["aws_secret_access_key"]),
          Secret(keys["aws_session_token"]), std::nullopt};
}

Role role_of(const Keys& keys) {
  Role role{keys.text("role_arn"), keys.text("role_session_name"), keys.text("external_id"), {}};
  if (keys.has("mfa_serial"))
    refuse(keys.name(),
           "has mfa_serial, and nobody is here to type a code; use a role without MFA");
  if (const auto text = keys["duration_seconds"]; !text.empty()) {
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds < shortest_role ||
        seconds > longest_role)
      refuse(keys.name(), "has a duration_seconds outside 900 to 43200");
    role.seconds = seconds;
  }
  return role;
}

CredentialSource source_of(const Keys& keys) {
  const auto word = keys["credential_source"];
  if (word == "Environment") return CredentialSource::environment;
  if (word == "EcsContainer") return CredentialSource::container;
  if (word == "Ec2InstanceMetadata") return CredentialSource::instance_metadata;
  refuse(keys.name(),
         "has a credential_source other than Environment, EcsContainer and Ec2InstanceMetadata");
}

// A profile without a role to assume.
std::optional<ProfilePlan> plain_plan(const Keys& keys) {
  if (has_static_keys(keys)) return ProfilePlan{static_keys(keys), {}};
  if (keys.has("credential_process"))
    return ProfilePlan{CredentialProcess{Secret(keys["credential_process"])}, {}};
  const auto name = std::string(keys.name());
  if (keys.has_any_sso())
    refuse(keys.name(),
           "uses SSO; add to it: credential_process = aws configure export-credentials --profile " +
               name + " --format process");
  if (keys.has("web_identity_token_file"))
    refuse(keys.name(), "has web_identity_token_file but no role_arn");
  return std::nullopt;
}

// The way from the profile that was asked for to the one where credentials come from.
class Search {
 public:
  explicit Search(const Profiles& profiles) : profiles_(profiles) {}

  // A profile that another names as its source serves its own keys first, even if it has a role:
  // so a profile may be its own source.
  ProfilePlan source(std::string_view name, std::string_view asker) {
    const auto found = profiles_.find(name);
    if (found == profiles_.end())
      refuse(asker, "names source_profile '" + std::string(name) + "', which is not there");
    const Keys keys(name, found->second);
    if (has_static_keys(keys)) return {static_keys(keys), {}};
    if (auto plan = role_or_plain(keys)) return std::move(*plan);
    refuse(asker, "names source_profile '" + std::string(name) + "', which has no credentials");
  }

  std::optional<ProfilePlan> role_or_plain(const Keys& keys) {
    if (!keys.has("role_arn")) return plain_plan(keys);
    if (std::find(seen_.begin(), seen_.end(), keys.name()) != seen_.end())
      refuse(keys.name(), "comes back to itself through source_profile");
    seen_.push_back(keys.name());
    if (seen_.size() > most_roles) refuse(seen_.front(), "needs more than 5 roles in a row");
    auto role = role_of(keys);
    const bool from_profile = keys.has("source_profile");
    const bool from_source = keys.has("credential_source");
    if (from_profile && from_source)
      refuse(keys.name(), "has both source_profile and credential_source; keep one of them");
    if (keys.has("web_identity_token_file"))
      return ProfilePlan{WebIdentity{keys.text("web_identity_token_file"), std::move(role)}, {}};
    if (!from_profile && !from_source)
      refuse(keys.name(),
             "has role_arn but none of source_profile, credential_source and "
             "web_identity_token_file");
    auto plan = from_source ? ProfilePlan{source_of(keys), {}}
                            : source(keys["source_profile"], keys.name());
    plan.roles.push_back(std::move(role));
    return plan;
  }

 private:
  const Profiles& profiles_;
  std::vector<std::string_view> seen_;
};

}  // namespace

std::optional<ProfilePlan> plan_profile(const Profiles& profiles, std::string_view name) {
  const auto found = profiles.find(name);
  if (found == profiles.end()) return std::nullopt;
  return Search(profiles).role_or_plain(Keys(found->first, found->second));
}

std::string region_of_profile(const Profiles& profiles, std::string_view name) {
  const auto found = profiles.find(name);
  return found == profiles.end() ? std::string() : Keys(name, found->second).text("region");
}

}  // namespace occam::iam
