#include <catch2/catch.hpp>

#include "emulator/connect/presigned.hpp"
#include "emulator/connect/token.hpp"

using namespace emulator;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

// AWS's public documentation example pair, and facts/dsql.md §4's known-answer vectors.
const std::string host = "abcdefghijklmnopqrst123456.dsql.us-east-1.on.aws";
const std::string session = "SESSION%2FTOKEN%2BEXAMPLE%3D%3D";
const Iam plain{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "", host,
                "us-east-1"};
const Iam in_session{plain.access_key, plain.secret_key, "SESSION/TOKEN+EXAMPLE==", host,
                     plain.region};
const auto issued = std::chrono::sys_days(std::chrono::year(2026) / 1 / 2) + std::chrono::hours(3) +
                    minutes(4) + seconds(5);

constexpr auto by_all = "7872666e8d97b14b206cdc770902898397bd27b9c76ee6290ccf94a4731211db";
constexpr auto by_admin = "27c8fdbc6ea1efd3d73404acd254a5517d00ce5c00cb288e6ccabd595c69718c";
constexpr auto by_all_in_session =
    "86556d57797c9dfff1cd71495569fcde3ce7cbf7679d3fa0d0d6d263f9679333";
constexpr auto by_admin_in_session =
    "4862b66be4c39541dd494b10ff68262c7964633546408a1539b48458c1fe9f64";

std::string token(const std::string& action, const std::string& signature,
                  const std::string& before_headers = "", const std::string& after_headers = "") {
  return host + "/?Action=" + action +
         "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260102%2F"
         "us-east-1%2Fdsql%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=900" +
         before_headers + "&X-Amz-SignedHeaders=host" + after_headers +
         "&X-Amz-Signature=" + signature;
}

const std::string good = token("DbConnect", by_all);

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

std::string reason(const std::string& text, const Iam& iam = plain, const std::string& user = "app",
                   std::chrono::sys_seconds now = issued) {
  const auto refusal = judge_token(text, iam, user, now);
  return refusal ? refusal->reason : "";
}

}  // namespace

TEST_CASE("the known-answer vectors") {
  CHECK(reason(good) == "");
  CHECK(reason(token("DbConnectAdmin", by_admin), plain, "admin") == "");
  const auto parameter = "&X-Amz-Security-Token=" + session;
  for (const bool sorted : {true, false}) {
    INFO(sorted);
    const auto first = sorted ? parameter : "";
    const auto second = sorted ? "" : parameter;
    CHECK(reason(token("DbConnect", by_all_in_session, first, second), in_session) == "");
    CHECK(reason(token("DbConnectAdmin", by_admin_in_session, first, second), in_session,
                 "admin") == "");
  }
}

TEST_CASE("the order of the parameters does not matter") {
  const auto turned = replaced(replaced(good, "Action=DbConnect&", ""), "&X-Amz-Signature",
                               "&Action=DbConnect&X-Amz-Signature");
  CHECK(turned != good);
  CHECK(reason(turned) == "");
}

TEST_CASE("each parameter is part of what was signed") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"abcdefgh", "bbcdefgh"},
      {"us-east-1.on", "us-west-2.on"},
      {"DbConnect", "DbConnectAdmin"},
      {"AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"},
      {"AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLF"},
      {"%2F20260102%2F", "%2F20260103%2F"},
      {"us-east-1%2F", "us-west-2%2F"},
      {"dsql%2F", "rds-db%2F"},
      {"aws4_request", "aws4_requests"},
      {"T030405Z", "T030406Z"},
      {"Expires=900", "Expires=901"},
      {"SignedHeaders=host", "SignedHeaders=host%3Bdate"},
      {"Signature=7", "Signature=8"},
      {"1211db", "1211d"},
      {"1211db", "1211DB"},
      {"&X-Amz-Signature", "&X-Amz-Signature=" + std::string(by_all) + "&X-Amz-Signature"},
      {"&X-Amz-Date", "&Extra=1&X-Amz-Date"},
      {"&X-Amz-Date", "&X-Amz-Security-Token=" + session + "&X-Amz-Date"},
      {"&X-Amz-Date", "&X-Amz-Security-Token=&X-Amz-Date"},
      {"&X-Amz-Expires=900", ""},
      {"&X-Amz-Date=20260102T030405Z", ""},
      {"Action=DbConnect&", ""},
  };
  for (const auto& [what, with] : changes) {
    INFO(what << " -> " << with);
    CHECK(reason(replaced(good, what, with)) == "access_denied");
  }
}

TEST_CASE("another identity is unknown") {
  for (auto part :
       {&Iam::access_key, &Iam::secret_key, &Iam::session_token, &Iam::host, &Iam::region}) {
    auto other = plain;
    other.*part += "x";
    CHECK(reason(good, other) == "access_denied");
  }
  CHECK(reason(good, in_session) == "access_denied");
}

TEST_CASE("what is no token") {
  for (const auto& text :
       {std::string(), std::string("secret"), "https://" + good, host + "/", host + "/?",
        host + "/x?Action=DbConnect", host + "/?Action", replaced(good, "%2F", "%2"),
        replaced(good, "%2F", "%ZZ"), good.substr(0, good.size() / 2)})
    CHECK(reason(text) == "access_denied");
}

TEST_CASE("a token lives from a little before its date to its end") {
  CHECK(reason(good, plain, "app", issued - minutes(5)) == "");
  CHECK(reason(good, plain, "app", issued + seconds(899)) == "");
  const auto late = judge_token(good, plain, "app", issued + seconds(901));
  REQUIRE(late);
  CHECK(late->message == "unable to accept connection, access denied");
  CHECK(late->hint == "Signature expired: 20260102T031905Z is now earlier than 20260102T031906Z");
  const auto early = judge_token(good, plain, "app", issued - seconds(301));
  REQUIRE(early);
  CHECK(early->hint ==
        "Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z "
        "(20260102T025904Z + 5 min.)");
}

TEST_CASE("admin, and nobody else, connects as admin") {
  const auto admin = judge_token(good, plain, "admin", issued);
  REQUIRE(admin);
  CHECK(admin->message == "Wrong user to action mapping. user: admin, action: DbConnect");
  const auto other = judge_token(token("DbConnectAdmin", by_admin), plain, "app", issued);
  REQUIRE(other);
  CHECK(other->message == "Wrong user to action mapping. user: app, action: DbConnectAdmin");
}

TEST_CASE("a canonical query is sorted by what it is encoded to") {
  const auto request = read_presigned("h/?b=2&a=%7e%20/&a=1&B=x+y");
  REQUIRE(request);
  CHECK(request->canonical_query("b") == "B=x%2By&a=1&a=~%20%2F");
  CHECK_FALSE(request->value("a"));
  CHECK(request->value("b") == "2");
}
