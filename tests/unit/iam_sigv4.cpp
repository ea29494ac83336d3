// Known answers of AWS Signature Version 4: facts/dsql.md §4 for the query form, AWS's own test
// suite (aws-sig-v4-test-suite: get-vanilla, post-x-www-form-urlencoded and others) for the header
// form.
#include <string>

#include <catch2/catch.hpp>

#include "proxy/iam/sigv4.hpp"
#include "proxy/iam/token.hpp"

namespace occam::iam {
namespace {

constexpr auto host = "abcdefghijklmnopqrst123456.dsql.us-east-1.on.aws";
constexpr auto session_token = "SESSION/TOKEN+EXAMPLE==";

Instant at(std::string_view text) { return parse_amz_date(text).value(); }

Credentials example(std::string_view session = "") {
  return {Secret(std::string_view("AKIAIOSFODNN7EXAMPLE")),
          Secret(std::string_view("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")), Secret(session),
          std::nullopt};
}

std::string token(std::string_view user, std::string_view session = "") {
  const IamSettings settings{host, std::string(user), "", "", std::chrono::seconds(900)};
  const auto made = make_token(settings, example(session), at("20260102T030405Z"));
  return std::string(made.text.reveal());
}

std::string signature_of(const std::string& text) { return text.substr(text.rfind('=') + 1); }

// The signature of a POST of AWS's test suite.
std::string suite_signature(SignedRequest request, std::string_view session = "") {
  const Credentials credentials{
      Secret(std::string_view("AKIDEXAMPLE")),
      Secret(std::string_view("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")), Secret(session),
      std::nullopt};
  request.headers.push_back({"host", "example.amazonaws.com"});
  const auto signing = Signing{credentials, "us-east-1", "service", at("20150830T123600Z")};
  const auto made = authorize(signing, std::move(request));
  CHECK(made.date == "20150830T123600Z");
  return signature_of(std::string(made.authorization.reveal()));
}

}  // namespace

TEST_CASE("sigv4: the known tokens of Aurora DSQL") {
  CHECK(signature_of(token("app")) ==
        "7872666e8d97b14b206cdc770902898397bd27b9c76ee6290ccf94a4731211db");
  CHECK(signature_of(token("admin")) ==
        "27c8fdbc6ea1efd3d73404acd254a5517d00ce5c00cb288e6ccabd595c69718c");
  CHECK(signature_of(token("app", session_token)) ==
        "86556d57797c9dfff1cd71495569fcde3ce7cbf7679d3fa0d0d6d263f9679333");
  CHECK(signature_of(token("admin", session_token)) ==
        "4862b66be4c39541dd494b10ff68262c7964633546408a1539b48458c1fe9f64");
}

TEST_CASE("sigv4: a token's whole text") {
  CHECK(token("app") ==
        std::string(host) +
            "/?Action=DbConnect&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
            "AKIAIOSFODNN7EXAMPLE%2F20260102%2Fus-east-1%2Fdsql%2Faws4_request"
            "&X-Amz-Date=20260102T030405Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature=7872666e8d97b14b206cdc770902898397bd27b9c76ee6290ccf94a4731211db");
  CHECK(token("admin", session_token)
            .find("&X-Amz-Security-Token=SESSION%2FTOKEN%2BEXAMPLE%3D%3D&") != std::string::npos);
}

TEST_CASE("sigv4: the hash in the string to sign of the last of them") {
  const auto credentials = example(session_token);
  const Signing signing{credentials, "us-east-1", "dsql", at("20260102T030405Z")};
  const SignedRequest request{
      "GET",
      "/",
      {{"X-Amz-Security-Token", session_token},
       {"X-Amz-SignedHeaders", "host"},
       {"X-Amz-Expires", "900"},
       {"X-Amz-Date", "20260102T030405Z"},
       {"X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20260102/us-east-1/dsql/aws4_request"},
       {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
       {"Action", "DbConnectAdmin"}},
      {{"host", host}},
      ""};
  const std::string text(string_to_sign(signing, canonical_request(request)));
  CHECK(text ==
        "AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/us-east-1/dsql/aws4_request\n"
        "e27f5d74e3bb8b0fccf5789cb412126a36fb39ece9049490c097e342c27ef3c3");
}

TEST_CASE("sigv4: the header form of AWS's test suite") {
  CHECK(suite_signature({"GET", "/", {}, {}, ""}) ==
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  CHECK(suite_signature({"POST", "/", {}, {}, ""}) ==
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
  CHECK(suite_signature({"POST",
                         "/",
                         {},
                         {{"content-type", "application/x-www-form-urlencoded"}},
                         "Param1=value1"}) ==
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
  CHECK(suite_signature({"GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}, {}, ""}) ==
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
  CHECK(suite_signature(
            {"POST", "/", {}, {}, ""},
            "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRX"
            "mxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburE"
            "Dy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL"
            "64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==") ==
        "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
}

TEST_CASE("sigv4: blanks in a header's value count once, and around it not at all") {
  const SignedRequest request{"GET", "/", {}, {{"b", "  two   words "}, {"a", ""}}, ""};
  const std::string text(canonical_request(request));
  CHECK(text.find("\na:\nb:two words\n\na;b\n") != std::string::npos);
}

TEST_CASE("token: the region stands in the endpoint's name") {
  const std::pair<const char*, const char*> names[] = {
      {host, "us-east-1"},
      {"ABCDEFGHIJKLMNOPQRST123456.DSQL.EU-WEST-2.ON.AWS", "eu-west-2"},
      {"abcdefghijklmnopqrst123456.dsql-ab12.ap-northeast-1.on.aws", "ap-northeast-1"},
      {"abcdefghijklmnopqrst123456.dsql-fips.us-gov-west-1.on.aws", "us-gov-west-1"},
      {"abcdefghijklmnopqrst123456.dsql.us-east-1.on.aws.", "us-east-1"}};
  for (const auto& [name, region] : names) CHECK(region_of(name) == region);
  for (const char* name : {"", ".on.aws", "dsql.us-east-1.on.aws", "a.dsql..on.aws", "127.0.0.1",
                           "a.rds.us-east-1.on.aws", "a.dsql.us-east-1.on.aws.example.com",
                           "a.dsql.us-east-1.amazonaws.com", "us-east-1.on.aws"})
    CHECK_FALSE(region_of(name));
}

TEST_CASE("token: mistakes in its settings say what to give") {
  const IamSettings good{host, "admin", "", "", std::chrono::seconds(900)};
  CHECK_FALSE(mistake_in(good));
  const auto mistake = [&](auto change) {
    auto settings = good;
    change(settings);
    return mistake_in(settings).value_or("none");
  };
  CHECK(mistake([](auto& s) { s.host = ""; }) == "no host; give the cluster's endpoint");
  CHECK(mistake([](auto& s) { s.user = ""; }).starts_with("no user; "));
  CHECK(mistake([](auto& s) { s.host = "db.example.com"; }).find("give the region") !=
        std::string::npos);
  CHECK(mistake([](auto& s) {
          s.host = "db.example.com";
          s.region = "us-east-1";
        }) == "none");
  CHECK(mistake([](auto& s) { s.user = "a\nb"; }) != "none");
  CHECK(mistake([](auto& s) { s.expires = std::chrono::seconds(0); }) != "none");
  CHECK(mistake([](auto& s) { s.expires = std::chrono::seconds(604801); }) != "none");
}

TEST_CASE("token: it never outlives the credentials that signed it") {
  const IamSettings settings{host, "app", "", "", std::chrono::seconds(900)};
  const auto now = at("20260102T030405Z");
  auto credentials = example();
  credentials.expires = now + std::chrono::seconds(600);
  const auto made = make_token(settings, credentials, now);
  CHECK(made.expires == *credentials.expires);
  CHECK(made.text.reveal().find("&X-Amz-Expires=600&") != std::string_view::npos);
  CHECK_FALSE(outlasts(credentials, now, settings.expires));
  credentials.expires = now + std::chrono::seconds(900);
  CHECK(outlasts(credentials, now, settings.expires));
}

}  // namespace occam::iam
