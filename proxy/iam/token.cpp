#include "proxy/iam/token.hpp"

#include <algorithm>

#include "proxy/iam/sigv4.hpp"

namespace occam::iam {
namespace {

constexpr std::string_view domain = ".on.aws";

// Takes the last of the labels off the name.
std::string_view last_label(std::string_view& name) {
  const auto dot = name.rfind('.');
  const auto label = dot == std::string_view::npos ? name : name.substr(dot + 1);
  name = dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
  return label;
}

// What a host, a user and a region may not hold: it would end a line of what is signed.
bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; });
}

}  // namespace

std::optional<std::string> region_of(std::string_view host) {
  std::string lower(host);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::string_view name = lower;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (!name.ends_with(domain)) return std::nullopt;
  name.remove_suffix(domain.size());
  const auto region = last_label(name);
  const auto service = last_label(name);  // dsql, dsql-fips, or dsql-SUFFIX of a PrivateLink
  if (region.empty() || !service.starts_with("dsql") || name.empty()) return std::nullopt;
  return std::string(region);
}

std::string region_of(const IamSettings& settings) {
  return settings.region.empty() ? region_of(settings.host).value_or("") : settings.region;
}

std::optional<std::string> mistake_in(const IamSettings& settings) {
  if (settings.host.empty()) return "no host; give the cluster's endpoint";
  if (settings.user.empty()) return "no user; give the database role, such as admin";
  if (has_control(settings.host) || has_control(settings.user) || has_control(settings.region))
    return "host, user and region must not hold control characters";
  if (region_of(settings).empty())
    return "no region in the host name '" + settings.host + "'; give the region, such as us-east-1";
  if (settings.expires < shortest_token || settings.expires > longest_token)
    return "a token is valid for 1 second to 7 days; give a life between them, such as 15m";
  return std::nullopt;
}

Token make_token(const IamSettings& settings, const Credentials& credentials, Instant now) {
  auto life = settings.expires;
  if (credentials.expires) life = std::min(life, *credentials.expires - now);
  life = std::max(life, shortest_token);
  const auto region = region_of(settings);
  const auto action = settings.user == "admin" ? "DbConnectAdmin" : "DbConnect";
  const auto query = presigned_query({credentials, region, "dsql", now}, settings.host,
                                     {{"Action", action}}, life);
  WipedText text(settings.host);
  text += "/?";
  text += query.reveal();
  return {Secret(std::move(text)), now, now + life};
}

bool outlasts(const Credentials& credentials, Instant now, std::chrono::seconds life) {
  return credentials.expires && *credentials.expires - now >= life;
}

}  // namespace occam::iam
