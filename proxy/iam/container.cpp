#include "proxy/iam/container.hpp"

#include <algorithm>
#include <array>

#include "proxy/iam/credentials.hpp"
#include "proxy/iam/url.hpp"

namespace occam::iam {
namespace {

constexpr auto relative_uri = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr auto full_uri = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr std::string_view ecs_agent = "http://169.254.170.2";
constexpr std::array<std::string_view, 3> agents = {"169.254.170.2", "169.254.170.23",
                                                    "fd00:ec2::23"};

bool may_be_asked(const Url& url) {
  return url.scheme == "https" || is_loopback(url.host) ||
         std::find(agents.begin(), agents.end(), url.host) != agents.end();
}

}  // namespace

HttpRequest container_request(const Environment& environment) {
  HttpRequest request;
  if (const auto path = environment.text(relative_uri); !path.empty()) {
    request.url = std::string(ecs_agent) + path;
    if (path[0] != '/' || !parse_url(request.url))
      throw NoCredentials(std::string(relative_uri) + " is no path; it begins with /");
    return request;
  }
  request.url = environment.text(full_uri);
  if (request.url.empty())
    throw NotConfigured(std::string(relative_uri) + " and " + full_uri + " are not set");
  const auto url = parse_url(request.url);
  if (!url) throw NoCredentials(std::string(full_uri) + " is no http or https URL");
  if (!may_be_asked(*url))
    throw NoCredentials(std::string(full_uri) + " names " + url->host +
                        " over plain HTTP; only this machine and AWS's agents are asked so");
  return request;
}

std::string container_token_file(const Environment& environment) {
  return environment.text("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
}

void add_authorization(HttpRequest& request, const Secret& token) {
  const auto text = token.reveal();
  if (text.empty()) return;
  if (std::any_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }))
    throw NoCredentials("the authorization token holds a line break or control character");
  request.headers.push_back({"Authorization", token.copy()});
}

}  // namespace occam::iam
