#include "proxy/iam/instance_metadata.hpp"

#include <algorithm>

#include "proxy/iam/credentials.hpp"
#include "proxy/iam/url.hpp"

namespace occam::iam {
namespace {

constexpr auto disabled = "AWS_EC2_METADATA_DISABLED";
constexpr auto endpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
constexpr auto endpoint_mode = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE";
constexpr auto session_header = "X-aws-ec2-metadata-token";
constexpr auto session_seconds = "21600";
constexpr auto roles = "/latest/meta-data/iam/security-credentials/";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool is_role_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("+=,.@_-").find(c) != std::string_view::npos;
  });
}

std::string_view first_line(std::string_view text) {
  auto line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

InstanceMetadata::InstanceMetadata(const Environment& environment) {
  if (lower(environment.text(disabled)) == "true")
    throw NotConfigured(std::string(disabled) + " is true");
  endpoint_ = environment.text(endpoint);
  if (endpoint_.empty())
    endpoint_ = lower(environment.text(endpoint_mode)) == "ipv6" ? "http://[fd00:ec2::254]"
                                                                 : "http://169.254.169.254";
  if (!parse_url(endpoint_)) throw NoCredentials(std::string(endpoint) + " is no http URL");
  while (endpoint_.ends_with('/')) endpoint_.pop_back();
}

HttpRequest InstanceMetadata::get(const std::string& path) const {
  HttpRequest request;
  request.url = endpoint_ + path;
  request.headers.push_back({session_header, session_.copy()});
  return request;
}

HttpRequest InstanceMetadata::session_request() const {
  HttpRequest request;
  request.method = "PUT";
  request.url = endpoint_ + "/latest/api/token";
  request.headers.push_back(
      {"X-aws-ec2-metadata-token-ttl-seconds", Secret(std::string_view(session_seconds))});
  return request;
}

HttpRequest InstanceMetadata::role_request(HttpAnswer session) {
  if (!session.ok())
    throw NoCredentials("the session token is refused with HTTP " + std::to_string(session.status));
  session_ = std::move(session.body);
  const auto text = session_.reveal();
  if (text.empty() || std::any_of(text.begin(), text.end(), [](char c) { return c <= ' '; }))
    throw NoCredentials("what it gives as session token is none");
  return get(roles);
}

HttpRequest InstanceMetadata::credentials_request(const HttpAnswer& role) const {
  if (role.status == 404) throw NoCredentials("the instance has no role; attach one to it");
  if (!role.ok())
    throw NoCredentials("the role's name is refused with HTTP " + std::to_string(role.status));
  const auto name = first_line(role.body.reveal());
  if (!is_role_name(name)) throw NoCredentials("what it gives as the role's name is none");
  return get(roles + std::string(name));
}

}  // namespace occam::iam
