// What the credential links ask and how they read what they are told: values in, values out.
#include <array>
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "proxy/iam/container.hpp"
#include "proxy/iam/credential_answer.hpp"
#include "proxy/iam/instance_metadata.hpp"
#include "proxy/iam/sts.hpp"

namespace occam::iam {
namespace {

using Variables = std::map<std::string, std::string>;

Environment environment(Variables variables) {
  return Environment([variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

HttpAnswer answer(int status, std::string_view body) {
  return {status, Secret(body), std::nullopt};
}

// What is thrown, or "none".
template <class Act>
std::string refusal(Act act) {
  try {
    act();
  } catch (const NoCredentials& refused) {
    return refused.what();
  }
  return "none";
}

std::string header(const HttpRequest& request, std::string_view name) {
  for (const auto& each : request.headers)
    if (each.name == name) return std::string(each.value.reveal());
  return "(none)";
}

Instant at(std::string_view text) { return parse_amz_date(text).value(); }

Credentials example() {
  return {Secret(std::string_view("AKIA")), Secret(std::string_view("secret")),
          Secret(std::string_view("session")), std::nullopt};
}

}  // namespace

TEST_CASE("container: which endpoint is asked") {
  const auto url = [](Variables variables) {
    return container_request(environment(std::move(variables))).url;
  };
  constexpr auto relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
  constexpr auto full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
  CHECK(url({{relative, "/v2/credentials/x"}}) == "http://169.254.170.2/v2/credentials/x");
  CHECK(url({{relative, "/a"}, {full, "https://example.com/"}}) == "http://169.254.170.2/a");
  for (const char* good : {"https://example.com/c", "http://127.0.0.1:1234/", "http://localhost/c",
                           "http://169.254.170.2/c", "http://169.254.170.23/v1/credentials",
                           "http://[fd00:ec2::23]/v1/credentials", "http://[::1]/"})
    CHECK(url({{full, good}}) == good);
  for (const char* bad :
       {"http://example.com/c", "http://169.254.169.254/", "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/", "ftp://127.0.0.1/", "http://169.254.170.230/", "/c"})
    CHECK(refusal([&] { url({{full, bad}}); }) != "none");
  CHECK(refusal([&] { url({{relative, "@example.com/"}}); }) != "none");
  CHECK_THROWS_AS(url({}), NotConfigured);
}

TEST_CASE("container: an authorization that is no header's value is refused") {
  HttpRequest request;
  add_authorization(request, Secret(std::string_view("Bearer abc")));
  CHECK(header(request, "Authorization") == "Bearer abc");
  CHECK(refusal([&] {
          add_authorization(request, Secret(std::string_view("a\r\nHost: b")));
        }).find("line break") != std::string::npos);
}

TEST_CASE("instance metadata: a session token first, then the role, then its keys") {
  InstanceMetadata metadata(environment({}));
  const auto session = metadata.session_request();
  CHECK(session.method == "PUT");
  CHECK(session.url == "http://169.254.169.254/latest/api/token");
  CHECK(header(session, "X-aws-ec2-metadata-token-ttl-seconds") == "21600");
  const auto role = metadata.role_request(answer(200, "SESSION=="));
  CHECK(role.method == "GET");
  CHECK(role.url == "http://169.254.169.254/latest/meta-data/iam/security-credentials/");
  CHECK(header(role, "X-aws-ec2-metadata-token") == "SESSION==");
  const auto keys = metadata.credentials_request(answer(200, "my-role\n"));
  CHECK(keys.url == "http://169.254.169.254/latest/meta-data/iam/security-credentials/my-role");
  CHECK(header(keys, "X-aws-ec2-metadata-token") == "SESSION==");
}

TEST_CASE("instance metadata: where it is, and where it is not asked") {
  const auto url = [](Variables variables) {
    return InstanceMetadata(environment(std::move(variables))).session_request().url;
  };
  CHECK(url({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/"}}) ==
        "http://127.0.0.1:1338/latest/api/token");
  CHECK(url({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"}}) ==
        "http://[fd00:ec2::254]/latest/api/token");
  CHECK_THROWS_AS(url({{"AWS_EC2_METADATA_DISABLED", "TRUE"}}), NotConfigured);
  CHECK(refusal([&] { url({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "here"}}); }) != "none");
}

TEST_CASE("instance metadata: answers that are none") {
  InstanceMetadata metadata(environment({}));
  CHECK(refusal([&] { metadata.role_request(answer(403, "")); }).find("HTTP 403") !=
        std::string::npos);
  CHECK(refusal([&] { metadata.role_request(answer(200, "a\r\nb")); }) != "none");
  CHECK(refusal([&] { metadata.role_request(answer(200, "")); }) != "none");
  CHECK(refusal([&] { metadata.credentials_request(answer(404, "")); }).find("has no role") !=
        std::string::npos);
  CHECK(refusal([&] { metadata.credentials_request(answer(200, "../x y")); }) != "none");
}

TEST_CASE("JSON: the keys of a container endpoint and of an instance") {
  const auto keys = read_http_credentials(
      answer(200, R"({"Code":"Success","AccessKeyId":"AKIA","SecretAccessKey":"s","Token":"t",)"
                  R"("Expiration":"2026-01-02T03:04:05Z","More":[{}]})"),
      "");
  CHECK(keys.access_key_id.reveal() == "AKIA");
  CHECK(keys.secret_access_key.reveal() == "s");
  CHECK(keys.session_token.reveal() == "t");
  CHECK(keys.expires == at("20260102T030405Z"));
}

TEST_CASE("JSON: an error names the status and a plain code, nothing else") {
  const auto said = [](int status, std::string_view body) {
    return refusal([&] { read_http_credentials(answer(status, body), "asked0secret"); });
  };
  CHECK(said(403, R"({"code":"AccessDenied","message":"hunter2"})") ==
        "it answers HTTP 403 AccessDenied");
  CHECK(said(500, "hunter2") == "it answers HTTP 500");
  CHECK(said(400, R"({"code":"asked0secret"})") == "it answers HTTP 400 ***");
  CHECK(said(400, R"({"code":"a b"})") == "it answers HTTP 400");
  CHECK(said(302, "") == "it answers HTTP 302");
  CHECK(said(200, R"({"Code":"AssumeRoleUnauthorizedAccess"})") ==
        "it answers AssumeRoleUnauthorizedAccess");
  CHECK(said(200, "hunter2") == "the answer is not a JSON object");
  CHECK(said(200, R"({"AccessKeyId":"AKIA"})") == "the answer has no SecretAccessKey");
  CHECK(said(200, R"({"AccessKeyId":7,"SecretAccessKey":"s"})") == "the answer has no AccessKeyId");
  CHECK(said(200, R"({"AccessKeyId":"a","SecretAccessKey":"s","Expiration":"soon"})") ==
        "the answer's Expiration is no time");
  CHECK(said(200, std::string(200000, '[')) == "the answer is not a JSON object");
}

TEST_CASE("JSON: a credential_process says which version it speaks") {
  const auto keys = read_process_credentials(
      R"({"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"s","SessionToken":"t"})");
  CHECK(keys.session_token.reveal() == "t");
  CHECK_FALSE(keys.expires);
  for (const char* text : {"", "{}", R"({"Version":2,"AccessKeyId":"a","SecretAccessKey":"s"})",
                           R"({"Version":"1","AccessKeyId":"a","SecretAccessKey":"s"})"})
    CHECK(refusal([&] { read_process_credentials(text); }) != "none");
}

TEST_CASE("STS: the endpoint is the region's unless a variable names another") {
  CHECK(sts_endpoint(environment({}), "eu-west-1").url == "https://sts.eu-west-1.amazonaws.com/");
  CHECK(sts_endpoint(environment({}), "cn-north-1").url ==
        "https://sts.cn-north-1.amazonaws.com.cn/");
  CHECK(sts_endpoint(environment({{"AWS_ENDPOINT_URL", "http://a:1"}}), "r").url == "http://a:1");
  CHECK(sts_endpoint(environment({{"AWS_ENDPOINT_URL", "http://a:1"},
                                  {"AWS_ENDPOINT_URL_STS", "http://b:2"}}),
                     "r")
            .url == "http://b:2");
  CHECK(refusal([] {
          sts_endpoint(environment({{"AWS_ENDPOINT_URL", "x"}}), "r");
        }) == "AWS_ENDPOINT_URL is no http or https URL");
  CHECK(refusal([] { sts_endpoint(environment({}), "a/b@c d"); }) != "none");
}

TEST_CASE("STS: a role is assumed with a signature, by web identity without one") {
  const Role role{"arn:aws:iam::1:role/r", "", "e/x", 900};
  const auto credentials = example();
  const StsEndpoint endpoint{"https://sts.us-east-1.amazonaws.com/", "us-east-1"};
  const auto signed_call = assume_role(endpoint, role, credentials, at("20260102T030405Z"));
  CHECK(signed_call.body.reveal() ==
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
        "&RoleSessionName=occam&DurationSeconds=900&ExternalId=e%2Fx");
  CHECK(header(signed_call, "X-Amz-Security-Token") == "session");
  CHECK(header(signed_call, "Authorization")
            .starts_with("AWS4-HMAC-SHA256 Credential=AKIA/20260102/us-east-1/sts/aws4_request, "
                         "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "));
  const auto call = assume_role_with_web_identity(endpoint, role, Secret(std::string_view("jwt")));
  CHECK(call.body.reveal().find("&WebIdentityToken=jwt") != std::string_view::npos);
  CHECK(call.body.reveal().find("ExternalId") == std::string_view::npos);
  CHECK(header(call, "Authorization") == "(none)");
}

TEST_CASE("STS: credentials out of XML") {
  const Role role{"arn", "", "", std::nullopt};
  for (const std::string action : {"AssumeRole", "AssumeRoleWithWebIdentity"}) {
    const auto text = "<" + action +
                      "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action +
                      "Result><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s&amp;k"
                      "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>"
                      "2026-01-02T03:04:05Z</Expiration></Credentials></" +
                      action + "Result></" + action + "Response>";
    const auto keys = read_sts_answer(answer(200, text), role, Secret());
    CHECK(keys.access_key_id.reveal() == "ASIA");
    CHECK(keys.secret_access_key.reveal() == "s&k");
    CHECK(keys.expires == at("20260102T030405Z"));
  }
}

TEST_CASE("STS: an error's first line, without what was asked") {
  const Role role{"arn", "", "", std::nullopt};
  const auto said = [&](int status, std::string_view body) {
    const Secret asked(std::string_view("session"));
    return refusal([&] { read_sts_answer(answer(status, body), role, asked); });
  };
  CHECK(said(403,
             "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no session for you\n"
             "The Canonical String was hunter2</Message></Error></ErrorResponse>") ==
        "arn: it answers HTTP 403 AccessDenied: no *** for you");
  CHECK(said(500, "oops") == "arn: it answers HTTP 500");
  CHECK(said(200, "oops") == "arn: the answer is not XML");
  CHECK(said(200, "<a/>") == "arn: the answer has no credentials");
  CHECK(said(200,
             "<AssumeRoleResponse><AssumeRoleResult><Credentials/></AssumeRoleResult>"
             "</AssumeRoleResponse>") == "arn: the answer says no Expiration");
}

}  // namespace occam::iam
