#include "proxy/token.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>

#include "config/units.hpp"

#include "proxy/iam/credential_chain.hpp"
#include "proxy/iam/token.hpp"
#include "proxy/settings.hpp"
#include "proxy/upstream_identity.hpp"

namespace occam {
namespace {

std::chrono::seconds read_life(const std::string& text) {
  const auto life = config::parse_duration(text);
  if (!life || *life % std::chrono::seconds(1) != std::chrono::milliseconds(0))
    throw WrongSettings("occam: --expires: '" + text +
                        "' is no duration in whole seconds; write one such as 15m");
  return std::chrono::floor<std::chrono::seconds>(*life);
}

config::Upstream upstream_of(const TokenOptions& options) {
  const auto listeners = read_settings(options.config_file).config.listeners;
  const auto found = std::find_if(
      listeners.begin(), listeners.end(),
      [&](const config::Listener& listener) { return listener.name == options.listener; });
  if (found == listeners.end())
    throw WrongSettings("occam: --listener: there is no listener '" + options.listener + "' in " +
                        options.config_file);
  return found->upstream;
}

iam::IamSettings settings_of(const TokenOptions& options) {
  iam::IamSettings settings;
  if (!options.config_file.empty()) settings = iam_settings(upstream_of(options));
  if (!options.host.empty()) settings.host = options.host;
  if (!options.user.empty()) settings.user = options.user;
  if (!options.region.empty()) settings.region = options.region;
  if (!options.profile.empty()) settings.profile = options.profile;
  if (!options.expires.empty()) settings.expires = read_life(options.expires);
  if (const auto mistake = iam::mistake_in(settings)) throw WrongSettings("occam: " + *mistake);
  return settings;
}

}  // namespace

int token(const TokenOptions& options) {
  const auto settings = settings_of(options);
  const iam::CredentialChain chain(aws_environment(), settings.profile, iam::region_of(settings));
  const auto found = chain.find();
  if (found.advice) std::cerr << "occam: " << *found.advice << "\n";
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto token = iam::make_token(settings, found.credentials, now);
  std::cout << token.text.reveal() << std::endl;
  return 0;
}

}  // namespace occam
