// The small notations around credentials: times, hints, command lines, URLs, and what no key holds.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "proxy/iam/clock_skew.hpp"
#include "proxy/iam/command_words.hpp"
#include "proxy/iam/credentials.hpp"
#include "proxy/iam/url.hpp"

namespace occam::iam {
namespace {

Instant at(std::string_view text) { return parse_amz_date(text).value(); }

}  // namespace

TEST_CASE("timestamps: three notations of one instant") {
  const auto wanted = at("20260102T030405Z");
  CHECK(amz_date(wanted) == "20260102T030405Z");
  for (const char* text : {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678Z",
                           "2026-01-02T04:04:05+01:00", "2026-01-01T22:34:05-04:30"})
    CHECK(parse_rfc3339(text) == wanted);
  CHECK(parse_http_date("Fri, 02 Jan 2026 03:04:05 GMT") == wanted);
  for (const char* text :
       {"", "2026-01-02", "2026-02-30T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:04:05",
        "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Z ", "2026-01-02T03:04:05+0100"})
    CHECK_FALSE(parse_rfc3339(text));
  CHECK_FALSE(parse_amz_date("20261301T030405Z"));
  CHECK_FALSE(parse_http_date("Fri, 02 Foo 2026 03:04:05 GMT"));
}

TEST_CASE("clock: a difference is told from the server's hint") {
  const std::string hint =
      "Signature expired: 20260102T030405Z is now earlier than 20260102T031905Z "
      "(20260102T033405Z - 15 min.)";
  CHECK(server_time_in(hint) == at("20260102T033405Z"));
  CHECK(
      clock_advice(*server_time_in(hint), at("20260102T030405Z")) ==
      "this machine's clock is 1800 s behind AWS's; set it by NTP, such as with chronyc makestep");
  CHECK(
      server_time_in("Signature expired: 20260102T030405Z is now earlier than 20260102T031905Z") ==
      at("20260102T031905Z"));
  CHECK(server_time_in("Signature not yet current: 20260102T030405Z is still later than "
                       "20260102T025005Z (20260102T024505Z + 5 min.)") == at("20260102T024505Z"));
  CHECK(clock_advice(at("20260102T024505Z"), at("20260102T030405Z")).value().find("ahead of AWS") !=
        std::string::npos);
  CHECK_FALSE(clock_advice(at("20260102T030405Z"), at("20260102T030435Z")));
  CHECK_FALSE(server_time_in("Signature expired: 20260102T030405Z"));
  CHECK_FALSE(server_time_in("20260102T030405Z 20260102T031905Z"));
}

TEST_CASE("command: split as the AWS CLI splits") {
  const auto words = [](std::string_view line) {
    std::vector<std::string> out;
    const auto split = command_words(line);
    REQUIRE(split);
    for (const auto& word : *split) out.emplace_back(word);
    return out;
  };
  using Words = std::vector<std::string>;
  CHECK(words("  /opt/give  --user me\t") == Words{"/opt/give", "--user", "me"});
  CHECK(words(R"("/opt/my tool" 'a b' "" c""d "it's")") ==
        Words{"/opt/my tool", "a b", "", "cd", "it's"});
  CHECK(words(R"(a\ b "x\"y\z" 'p\q')") == Words{"a b", R"(x"y\z)", R"(p\q)"});
  CHECK(words("echo $HOME | rm > f; `x`") == Words{"echo", "$HOME", "|", "rm", ">", "f;", "`x`"});
  CHECK(words("").empty());
  CHECK_FALSE(command_words("a \"b"));
  CHECK_FALSE(command_words("a '"));
  CHECK_FALSE(command_words("a \\"));
}

TEST_CASE("url: what is judged is what would be connected to") {
  CHECK(parse_url("http://[fd00:ec2::23]:80/a?b")->host == "fd00:ec2::23");
  CHECK(parse_url("HTTPS://Example.com:8443/a/b")->authority == "Example.com:8443");
  CHECK(parse_url("https://example.com:443")->authority == "example.com");
  CHECK(parse_url("https://example.com")->path == "/");
  CHECK(parse_url("http://2130706433/")->host == "127.0.0.1");
  for (const char* text : {"", "ftp://127.0.0.1/", "file:///etc/passwd", "http://",
                           "http://user:word@127.0.0.1/", "http://a b/", "127.0.0.1"})
    CHECK_FALSE(parse_url(text));
  for (const char* host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"}) CHECK(is_loopback(host));
  for (const char* host : {"128.0.0.1", "127.0.0.1.example.com", "::2", "", "localhost.example"})
    CHECK_FALSE(is_loopback(host));
}

TEST_CASE("credentials: what can sign nothing is refused") {
  const auto now = at("20260102T030405Z");
  const auto said = [&](std::string_view id, std::string_view secret, std::string_view session,
                        std::optional<Instant> expires) -> std::string {
    try {
      require_usable({Secret(id), Secret(secret), Secret(session), expires}, now);
    } catch (const NoCredentials& refused) {
      return refused.what();
    }
    return "none";
  };
  CHECK(said("AKIA", "s", "", std::nullopt) == "none");
  CHECK(said("AKIA", "s", "t", now + std::chrono::seconds(1)) == "none");
  CHECK(said("", "s", "", std::nullopt) == "there is no access key id");
  CHECK(said("AKIA", "", "", std::nullopt) == "there is no secret access key");
  CHECK(said("AKIA", "s\n", "", std::nullopt) ==
        "the secret access key holds a blank or a control character");
  CHECK(said("AKIA", "s", "t", now).find("expired at 20260102T030405Z") != std::string::npos);
}

TEST_CASE("secret: every occurrence is taken out of a text") {
  CHECK(without_secrets("a s3cret and s3cret, other", {"s3cret", "", "other"}) ==
        "a *** and ***, ***");
  std::string text = "something long enough";
  CHECK(take_secret(text).reveal() == "something long enough");
  CHECK(text.empty());
}

}  // namespace occam::iam
