// AWS's shared config and credentials files, and what a profile of them asks for.
#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "proxy/iam/profile.hpp"

namespace occam::iam {
namespace {

Profiles read(std::string_view config, std::string_view credentials = "") {
  Profiles profiles;
  CHECK(read_profile_file(ProfileFileKind::config, config, profiles) == "");
  CHECK(read_profile_file(ProfileFileKind::credentials, credentials, profiles) == "");
  return profiles;
}

std::string value(const Profiles& profiles, std::string_view profile, std::string_view key) {
  const auto found = profiles.find(profile);
  if (found == profiles.end()) return "(no profile)";
  const auto entry = found->second.find(key);
  return entry == found->second.end() ? "(no key)" : std::string(entry->second.reveal());
}

std::string wrong(std::string_view text) {
  Profiles profiles;
  return read_profile_file(ProfileFileKind::config, text, profiles);
}

ProfilePlan plan(const Profiles& profiles, std::string_view name = "default") {
  auto found = plan_profile(profiles, name);
  REQUIRE(found);
  return std::move(*found);
}

std::string refusal(std::string_view config, std::string_view name = "p") {
  const auto profiles = read(config);
  try {
    plan_profile(profiles, name);
  } catch (const NoCredentials& refused) {
    return refused.what();
  }
  return "none";
}

std::string key_id(const ProfilePlan& made) {
  return std::string(std::get<Credentials>(made.origin).access_key_id.reveal());
}

}  // namespace

TEST_CASE("profile file: sections, keys, comments") {
  const auto profiles = read(
      "\xef\xbb\xbf# a comment\r\n"
      "[default]\r\n"
      "Region = eu-west-1 ; where we are\r\n"
      "output=json#no comment\r\n"
      "\r\n"
      "; another\n"
      "[ profile  dev ] # of developers\n"
      "region=us-east-1\n"
      "[profile \"two words\"]\n"
      "region = a = b\n"
      "[profile dev]\n"
      "role_arn = arn:1\n");
  CHECK(value(profiles, "default", "region") == "eu-west-1");
  CHECK(value(profiles, "default", "output") == "json#no comment");
  CHECK(value(profiles, "dev", "region") == "us-east-1");
  CHECK(value(profiles, "dev", "role_arn") == "arn:1");
  CHECK(value(profiles, "two words", "region") == "a = b");
}

TEST_CASE("profile file: nested keys are not the profile's own, and values go on") {
  const auto profiles = read(
      "[profile p]\n"
      "s3 =\n"
      "  region = nested\n"
      "\tmax_queue_size = 10\n"
      "region = own\n"
      "role_arn = first\n"
      "  second\n");
  CHECK(value(profiles, "p", "region") == "own");
  CHECK(value(profiles, "p", "s3.region") == "nested");
  CHECK(value(profiles, "p", "s3.max_queue_size") == "10");
  CHECK(value(profiles, "p", "role_arn") == "first\nsecond");
}

TEST_CASE("profile file: in config only profiles count, in credentials every section is one") {
  const auto profiles = read(
      "[dev]\nregion = not-this\n[sso-session dev]\nsso_region = x\n"
      "[services dev]\ndynamodb =\n  endpoint_url = http://localhost\n  and more\n"
      "[profiles]\nregion = x\n",
      "[dev]\naws_access_key_id = AKIA\n[profile q]\naws_access_key_id = odd\n");
  CHECK(value(profiles, "dev", "region") == "(no key)");
  CHECK(value(profiles, "dev", "aws_access_key_id") == "AKIA");
  CHECK(value(profiles, "q", "aws_access_key_id") == "(no profile)");
  CHECK(value(profiles, "profile q", "aws_access_key_id") == "odd");
}

TEST_CASE("profile file: the credentials file goes before the config file") {
  const auto profiles = read("[profile p]\naws_access_key_id = config\nregion = r\n",
                             "[p]\naws_access_key_id = credentials\n");
  CHECK(value(profiles, "p", "aws_access_key_id") == "credentials");
  CHECK(value(profiles, "p", "region") == "r");
  CHECK(region_of_profile(profiles, "p") == "r");
  CHECK(region_of_profile(profiles, "nobody") == "");
}

TEST_CASE("profile file: what is wrong is named by its line, never quoted") {
  CHECK(wrong("a = b\n") == "line 1: a key before the first [section]");
  CHECK(wrong("[default]\n\nhunter2-is-secret\n") ==
        "line 3: neither a [section] nor a key = value");
  CHECK(wrong("[default\n") == "line 1: a section without its ]");
  CHECK(wrong("[]\n") == "line 1: a section without a name");
  CHECK(wrong("[default]\n= x\n") == "line 2: a value without its key");
  CHECK(wrong(std::string_view("[default]\na = \0\n", 16)) == "line 2: a NUL byte");
  CHECK(wrong("[default]\na =\n  hunter2\n") == "line 3: neither a nested key = value nor a value");
}

TEST_CASE("profile file: any bytes are read to an end") {
  std::mt19937 dice(20260102);
  const std::string_view pieces[] = {
      "[", "]",        "profile ",       "=", "\n", "\r\n", " ",  "\t", "#", ";",
      "a", "role_arn", "source_profile", "p", "\"", "\xff", "\n "};
  for (int round = 0; round < 20000; ++round) {
    std::string text = round % 2 == 0 ? "[profile p]\n" : "";
    for (auto count = dice() % 40; count > 0; --count) text += pieces[dice() % std::size(pieces)];
    Profiles profiles;
    read_profile_file(round % 3 == 0 ? ProfileFileKind::credentials : ProfileFileKind::config, text,
                      profiles);
    try {
      plan_profile(profiles, "p");
    } catch (const NoCredentials& refused) {
      REQUIRE(std::string_view(refused.what()).starts_with("profile '"));
    }
  }
}

TEST_CASE("profile: keys of its own") {
  const auto made = plan(read("",
                              "[default]\naws_access_key_id = AKIA\n"
                              "aws_secret_access_key = s\naws_session_token = t\n"));
  CHECK(key_id(made) == "AKIA");
  CHECK(std::get<Credentials>(made.origin).session_token.reveal() == "t");
  CHECK(made.roles.empty());
  CHECK(refusal("[profile p]\naws_access_key_id = AKIA\n") ==
        "profile 'p' has aws_access_key_id but no aws_secret_access_key");
  CHECK(refusal("[profile p]\naws_secret_access_key = s\n") ==
        "profile 'p' has aws_secret_access_key but no aws_access_key_id");
}

TEST_CASE("profile: roles are assumed from the source outwards") {
  const auto profiles = read(
      "[profile p]\nrole_arn = outer\nsource_profile = q\nexternal_id = e\n"
      "duration_seconds = 3600\nrole_session_name = me\n"
      "[profile q]\nrole_arn = inner\nsource_profile = r\n",
      "[r]\naws_access_key_id = AKIA\naws_secret_access_key = s\n");
  const auto made = plan(profiles, "p");
  CHECK(key_id(made) == "AKIA");
  CHECK(made.roles ==
        std::vector<Role>{{"inner", "", "", std::nullopt}, {"outer", "me", "e", 3600U}});
}

TEST_CASE("profile: its own keys may be the source of its role") {
  const auto made = plan(read("[profile p]\nrole_arn = r\nsource_profile = p\n"
                              "aws_access_key_id = AKIA\naws_secret_access_key = s\n"),
                         "p");
  CHECK(key_id(made) == "AKIA");
  CHECK(made.roles.size() == 1);
}

TEST_CASE("profile: a circle of sources is found, and a long row refused") {
  CHECK(refusal("[profile p]\nrole_arn = a\nsource_profile = q\n"
                "[profile q]\nrole_arn = b\nsource_profile = p\n") ==
        "profile 'p' comes back to itself through source_profile");
  CHECK(refusal("[profile p]\nrole_arn = a\nsource_profile = p\n").find("comes back") !=
        std::string::npos);
  std::string row;
  for (char name = 'p'; name < 'z'; ++name)
    row += std::string("[profile ") + name +
           "]\nrole_arn = a\nsource_profile = " + static_cast<char>(name + 1) + "\n";
  CHECK(refusal(row).find("more than 5 roles") != std::string::npos);
}

TEST_CASE("profile: other origins") {
  const auto process = plan(read("[profile p]\ncredential_process = give me\n"), "p");
  CHECK(std::get<CredentialProcess>(process.origin).command.reveal() == "give me");
  const auto web = plan(read("[profile p]\nrole_arn = r\nweb_identity_token_file = f\n"), "p");
  CHECK(std::get<WebIdentity>(web.origin).token_file == "f");
  CHECK(std::get<WebIdentity>(web.origin).role.arn == "r");
  const std::pair<const char*, CredentialSource> sources[] = {
      {"Environment", CredentialSource::environment},
      {"EcsContainer", CredentialSource::container},
      {"Ec2InstanceMetadata", CredentialSource::instance_metadata}};
  for (const auto& [word, source] : sources) {
    const auto made =
        plan(read(std::string("[profile p]\nrole_arn = r\ncredential_source = ") + word), "p");
    CHECK(std::get<CredentialSource>(made.origin) == source);
    CHECK(made.roles.size() == 1);
  }
}

TEST_CASE("profile: what cannot be had is refused with what to do") {
  const auto role = [](const std::string& rest) {
    return refusal("[profile p]\nrole_arn = r\n" + rest);
  };
  CHECK(refusal("[profile p]\nsso_session = s\nsso_account_id = 1\n") ==
        "profile 'p' uses SSO; add to it: credential_process = aws configure export-credentials "
        "--profile p --format process");
  CHECK(refusal("[profile p]\nsso_session = s\ncredential_process = x\n") == "none");
  CHECK(role("").find("none of source_profile") != std::string::npos);
  CHECK(role("source_profile = q\ncredential_source = Environment\n").find("has both") !=
        std::string::npos);
  CHECK(role("credential_source = environment\n").find("other than Environment") !=
        std::string::npos);
  CHECK(role("source_profile = q\n") == "profile 'p' names source_profile 'q', which is not there");
  CHECK(role("source_profile = q\n[profile q]\nregion = x\n") ==
        "profile 'p' names source_profile 'q', which has no credentials");
  CHECK(role("source_profile = q\nmfa_serial = m\n").find("MFA") != std::string::npos);
  for (const char* seconds : {"899", "43201", "x", "-1", "900x", "99999999999"})
    CHECK(role(std::string("source_profile = q\nduration_seconds = ") + seconds)
              .find("duration_seconds") != std::string::npos);
  CHECK(refusal("[profile p]\nweb_identity_token_file = f\n").find("no role_arn") !=
        std::string::npos);
}

TEST_CASE("profile: one that asks for nothing is passed over") {
  CHECK_FALSE(plan_profile(read("[profile p]\nregion = x\n"), "p"));
  CHECK_FALSE(plan_profile(read("[profile p]\nregion = x\n"), "q"));
}

}  // namespace occam::iam
