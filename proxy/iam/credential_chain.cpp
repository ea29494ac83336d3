#include "proxy/iam/credential_chain.hpp"

#include <array>

#include "proxy/iam/clock_skew.hpp"
#include "proxy/iam/container.hpp"
#include "proxy/iam/credential_answer.hpp"
#include "proxy/iam/credential_process.hpp"
#include "proxy/iam/http.hpp"
#include "proxy/iam/instance_metadata.hpp"
#include "proxy/iam/profile.hpp"
#include "proxy/iam/secret_file.hpp"
#include "proxy/iam/sts.hpp"

namespace occam::iam {
namespace {

using namespace std::chrono_literals;

constexpr auto process_time = 60s;

Instant now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

// Answers of others are part of some reasons.
std::string one_line(std::string text) {
  for (char& c : text)
    if ((c >= 0 && c < ' ') || c == '\x7f') c = ' ';
  return text;
}

// One search, from the first place to the one that serves.
class Search {
 public:
  Search(const Environment& environment, std::string profile, std::string region,
         const std::stop_token& stop)
      : environment_(environment),
        profile_(std::move(profile)),
        region_(std::move(region)),
        stop_(stop) {}

  FoundCredentials run() {
    constexpr std::array<Place, 5> places = {{{"environment", &Search::from_environment},
                                              {"shared files", &Search::from_profile},
                                              {"web identity", &Search::from_web_identity},
                                              {"container", &Search::from_container},
                                              {"instance metadata", &Search::from_instance}}};
    std::string reasons;
    for (const auto& [name, look] : places) {
      if (!reasons.empty()) reasons += "; ";
      reasons += std::string(name) + ": ";
      try {
        auto credentials = (this->*look)();
        require_usable(credentials, now());
        return {std::move(credentials), name, advice_};
      } catch (const NotConfigured& reason) {
        reasons += reason.what();
      } catch (const std::exception& failure) {
        throw NoCredentials("no AWS credentials: " + reasons + one_line(failure.what()) +
                            with_advice());
      }
    }
    throw NoCredentials("no AWS credentials: " + reasons + with_advice());
  }

 private:
  struct Place {
    const char* name;
    Credentials (Search::*look)();
  };

  Credentials from_environment() {
    if (!profile_.empty()) throw NotConfigured("not asked, since a profile is named");
    return environment_keys();
  }

  Credentials environment_keys() {
    if (!environment_.has("AWS_ACCESS_KEY_ID")) throw NotConfigured("AWS_ACCESS_KEY_ID is not set");
    Credentials credentials{environment_.secret("AWS_ACCESS_KEY_ID"),
                            environment_.secret("AWS_SECRET_ACCESS_KEY"),
                            environment_.secret("AWS_SESSION_TOKEN"), std::nullopt};
    if (credentials.secret_access_key.empty())
      throw NoCredentials("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
    if (const auto text = environment_.text("AWS_CREDENTIAL_EXPIRATION"); !text.empty())
      credentials.expires = parse_rfc3339(text);
    return credentials;
  }

  Credentials from_profile() {
    Profiles profiles;
    const auto files = read_file("AWS_CONFIG_FILE", "config", ProfileFileKind::config, profiles) +
                       " and " +
                       read_file("AWS_SHARED_CREDENTIALS_FILE", "credentials",
                                 ProfileFileKind::credentials, profiles);
    const auto named = profile_.empty() ? environment_.text("AWS_PROFILE") : profile_;
    const auto name = named.empty() ? std::string("default") : named;
    if (const auto region = region_of_profile(profiles, name); !region.empty()) region_ = region;
    if (auto plan = plan_profile(profiles, name)) return carry_out(std::move(*plan));
    const auto what = "no profile '" + name + "' with credentials in " + files;
    if (named.empty()) throw NotConfigured(what);
    throw NoCredentials(what);
  }

  // The file's path.
  std::string read_file(const char* variable, const char* usual, ProfileFileKind kind,
                        Profiles& profiles) {
    auto path = environment_.text(variable);
    const auto home = environment_.text("HOME");
    if (path.empty()) path = std::string("~/.aws/") + usual;
    if (path.starts_with("~/")) path.replace(0, 1, home);
    const auto text = read_secret_file(path);
    if (!text) return path;
    if (const auto wrong = read_profile_file(kind, text->reveal(), profiles); !wrong.empty())
      throw NoCredentials(path + ", " + wrong);
    return path;
  }

  Credentials carry_out(ProfilePlan plan) {
    auto credentials =
        std::visit([this](auto& origin) { return origin_keys(origin); }, plan.origin);
    for (const auto& role : plan.roles) {
      require_usable(credentials, now());
      credentials = assume(role, credentials);
    }
    return credentials;
  }

  Credentials origin_keys(Credentials& keys) { return std::move(keys); }

  Credentials origin_keys(const CredentialProcess& process) {
    try {
      return read_process_credentials(
          run_credential_process(process.command, process_time, stop_).reveal());
    } catch (const NoCredentials& failure) {
      throw NoCredentials(std::string("credential_process: ") + failure.what());
    }
  }

  Credentials origin_keys(const WebIdentity& identity) {
    return assume_by_web_identity(identity.role, identity.token_file);
  }

  Credentials origin_keys(CredentialSource source) {
    switch (source) {
      case CredentialSource::environment:
        return required([this] { return environment_keys(); });
      case CredentialSource::container:
        return required([this] { return from_container(); });
      case CredentialSource::instance_metadata:
        return required([this] { return from_instance(); });
    }
    throw NoCredentials("unknown credential_source");
  }

  // What a profile asks for by name must be there.
  template <class Look>
  Credentials required(Look look) {
    try {
      return look();
    } catch (const NoCredentials& reason) {
      throw NoCredentials(std::string("credential_source: ") + reason.what());
    }
  }

  Credentials from_web_identity() {
    const auto file = environment_.text("AWS_WEB_IDENTITY_TOKEN_FILE");
    if (file.empty()) throw NotConfigured("AWS_WEB_IDENTITY_TOKEN_FILE is not set");
    const Role role{
        environment_.text("AWS_ROLE_ARN"), environment_.text("AWS_ROLE_SESSION_NAME"), {}, {}};
    if (role.arn.empty())
      throw NoCredentials("AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
    return assume_by_web_identity(role, file);
  }

  Credentials from_container() {
    auto request = container_request(environment_);
    auto token = environment_.secret("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const auto file = container_token_file(environment_); !file.empty())
      token = required_file(file);
    add_authorization(request, token);
    return read_http_credentials(ask(request), token.reveal());
  }

  Credentials from_instance() {
    InstanceMetadata metadata(environment_);
    auto session = ask(metadata.session_request());
    const auto role = ask(metadata.role_request(std::move(session)));
    return read_http_credentials(ask(metadata.credentials_request(role)),
                                 metadata.session().reveal());
  }

  Credentials assume(const Role& role, const Credentials& credentials) {
    const auto endpoint = sts_endpoint(environment_, sts_region());
    return read_sts_answer(ask_sts(assume_role(endpoint, role, credentials, now())), role,
                           credentials.session_token);
  }

  Credentials assume_by_web_identity(const Role& role, const std::string& file) {
    const auto token = required_file(file);
    const auto endpoint = sts_endpoint(environment_, sts_region());
    return read_sts_answer(ask_sts(assume_role_with_web_identity(endpoint, role, token)), role,
                           token);
  }

  std::string sts_region() const {
    for (const auto* name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
      if (environment_.has(name)) return environment_.text(name);
    return region_;
  }

  HttpAnswer ask_sts(const HttpRequest& request) {
    try {
      return ask(request);
    } catch (const HttpFailure& failure) {
      throw NoCredentials(std::string("STS at ") + failure.what());
    }
  }

  HttpAnswer ask(const HttpRequest& request) {
    auto answer = exchange(request, stop_);
    if (answer.date) advice_ = clock_advice(*answer.date, now());
    return answer;
  }

  // A file that a setting names; without the line break that editors add.
  static Secret required_file(const std::string& path) {
    const auto text = read_secret_file(path);
    if (!text) throw NoCredentials("there is no file " + path);
    auto word = text->reveal();
    while (word.ends_with('\n') || word.ends_with('\r')) word.remove_suffix(1);
    if (word.empty()) throw NoCredentials("the file " + path + " is empty");
    return Secret(word);
  }

  std::string with_advice() const { return advice_ ? "; " + *advice_ : std::string(); }

  const Environment& environment_;
  const std::string profile_;
  std::string region_;
  const std::stop_token& stop_;
  std::optional<std::string> advice_;
};

}  // namespace

CredentialChain::CredentialChain(Environment environment, std::string profile, std::string region)
    : environment_(std::move(environment)),
      profile_(std::move(profile)),
      region_(std::move(region)) {}

FoundCredentials CredentialChain::find(const std::stop_token& stop) const {
  return Search(environment_, profile_, region_, stop).run();
}

}  // namespace occam::iam
