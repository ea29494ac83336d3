#include "proxy/iam/sts.hpp"

#include <algorithm>
#include <cstring>

#include <pugixml.hpp>

#include "proxy/iam/sigv4.hpp"
#include "proxy/iam/url.hpp"

namespace occam::iam {
namespace {

constexpr std::string_view form = "application/x-www-form-urlencoded; charset=utf-8";
constexpr std::string_view session_name = "occam";
constexpr std::size_t longest_message = 300;

void append(WipedText& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += '&';
  out += name;
  out += '=';
  append_percent_encoded(out, value);
}

WipedText call(std::string_view action, const Role& role) {
  WipedText out;
  append(out, "Action", action);
  append(out, "Version", "2011-06-15");
  append(out, "RoleArn", role.arn);
  append(out, "RoleSessionName", role.session_name.empty() ? session_name : role.session_name);
  if (role.seconds) append(out, "DurationSeconds", std::to_string(*role.seconds));
  return out;
}

HttpRequest post(const StsEndpoint& endpoint, WipedText body) {
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint.url;
  request.body = Secret(std::move(body));
  request.headers.push_back({"Content-Type", Secret(form)});
  request.timeout = std::chrono::seconds(10);
  request.connect_timeout = std::chrono::seconds(5);
  request.may_use_proxy = true;
  return request;
}

// Code and message of STS's ErrorResponse. The message's first line only: what follows it may be
// the whole request, with its session token.
std::string error_text(const HttpAnswer& answer, const pugi::xml_document& document) {
  std::string out = "it answers HTTP " + std::to_string(answer.status);
  const auto error = document.child("ErrorResponse").child("Error");
  const std::string_view code = error.child_value("Code");
  std::string_view message = error.child_value("Message");
  message = message.substr(0, std::min(message.find_first_of("\r\n"), longest_message));
  if (!code.empty()) out += " " + std::string(code.substr(0, longest_message));
  if (!message.empty()) out += ": " + std::string(message);
  return out;
}

}  // namespace

StsEndpoint sts_endpoint(const Environment& environment, const std::string& region) {
  for (const auto* name : {"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"}) {
    const auto url = environment.text(name);
    if (url.empty()) continue;
    if (!parse_url(url)) throw NoCredentials(std::string(name) + " is no http or https URL");
    return {url, region};
  }
  const std::string domain = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  auto url = "https://sts." + region + domain + "/";
  if (!parse_url(url)) throw NoCredentials("the region makes no host name");
  return {std::move(url), region};
}

HttpRequest assume_role(const StsEndpoint& endpoint, const Role& role,
                        const Credentials& credentials, Instant now) {
  auto body = call("AssumeRole", role);
  if (!role.external_id.empty()) append(body, "ExternalId", role.external_id);
  auto request = post(endpoint, std::move(body));
  const auto url = parse_url(endpoint.url);
  if (!url) throw NoCredentials("the endpoint of STS is no URL");
  auto [date, authorization] = authorize({credentials, endpoint.region, "sts", now},
                                         {"POST",
                                          url->path,
                                          {},
                                          {{"content-type", form}, {"host", url->authority}},
                                          request.body.reveal()});
  request.headers.push_back({"X-Amz-Date", Secret(std::string_view(date))});
  request.headers.push_back({"Authorization", std::move(authorization)});
  if (!credentials.session_token.empty())
    request.headers.push_back({"X-Amz-Security-Token", credentials.session_token.copy()});
  return request;
}

HttpRequest assume_role_with_web_identity(const StsEndpoint& endpoint, const Role& role,
                                          const Secret& web_identity) {
  auto body = call("AssumeRoleWithWebIdentity", role);
  append(body, "WebIdentityToken", web_identity.reveal());
  return post(endpoint, std::move(body));
}

Credentials read_sts_answer(const HttpAnswer& answer, const Role& role, const Secret& asked) {
  WipedText text(answer.body.reveal());  // pugixml's values stay in it, so they are wiped with it
  pugi::xml_document document;
  const bool parsed =
      document.load_buffer_inplace(text.data(), text.size()).status == pugi::status_ok;
  if (!answer.ok())
    throw NoCredentials(role.arn + ": " +
                        without_secrets(error_text(answer, document), {asked.reveal()}));
  if (!parsed) throw NoCredentials(role.arn + ": the answer is not XML");
  for (const auto* action : {"AssumeRole", "AssumeRoleWithWebIdentity"}) {
    const auto node = document.child((std::string(action) + "Response").c_str())
                          .child((std::string(action) + "Result").c_str())
                          .child("Credentials");
    if (!node) continue;
    Credentials credentials{Secret(std::string_view(node.child_value("AccessKeyId"))),
                            Secret(std::string_view(node.child_value("SecretAccessKey"))),
                            Secret(std::string_view(node.child_value("SessionToken"))),
                            parse_rfc3339(node.child_value("Expiration"))};
    if (!credentials.expires) throw NoCredentials(role.arn + ": the answer says no Expiration");
    return credentials;
  }
  throw NoCredentials(role.arn + ": the answer has no credentials");
}

}  // namespace occam::iam
