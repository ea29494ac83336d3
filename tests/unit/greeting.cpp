#include "proxy/wire/greeting.hpp"

#include <catch2/catch.hpp>

#include "proxy/wire/frontend.hpp"

#include "tests/support/codec_sample.hpp"

using namespace occam::wire;
using namespace occam::wire::test;
using Verdict = Greeting::Verdict;

namespace {

const std::string ssl = "\0\0\0\x08\x04\xd2\x16\x2f"s;
const std::string gss = "\0\0\0\x08\x04\xd2\x16\x30"s;

std::string packet(std::int32_t version, std::string_view body) {
  std::string out;
  {
    const Message head(out);
    append_i32(out, version);
    out += body;
  }
  return out;
}

std::string startup(std::string_view body) { return packet(3 << 16, body); }

// What a client got for its bytes.
struct Reception {
  Verdict verdict = Verdict::more;
  std::string answer;
  Startup startup;
  std::string leftovers;
  std::string reason;
};

Reception receive(Greeting& greeting, const std::vector<std::string>& reads) {
  Reception got;
  for (const auto& bytes : reads) {
    got.verdict = greeting.on_bytes(bytes, got.answer);
    if (got.verdict != Verdict::more) break;
  }
  got.startup = greeting.startup();
  got.leftovers = greeting.leftovers();
  got.reason = greeting.reason();
  return got;
}

Reception receive(const std::string& bytes, GreetingOptions options = {}) {
  Greeting whole{options};
  auto got = receive(whole, {bytes});
  // Chopped to single bytes, the answer is the same; what is not yet read is no leftover.
  Greeting chopped{options};
  std::vector<std::string> reads;
  for (const char c : bytes) reads.emplace_back(1, c);
  const auto same = receive(chopped, reads);
  CHECK(same.verdict == got.verdict);
  CHECK(same.answer == got.answer);
  CHECK(same.startup.parameters == got.startup.parameters);
  CHECK(same.reason == got.reason);
  return got;
}

void check_refused(const std::string& bytes, std::string_view code, std::string_view text) {
  CAPTURE(bytes);
  const auto got = receive(bytes);
  CHECK(got.verdict == Verdict::refused);
  CHECK(got.reason.find(text) != std::string::npos);
  Framer framer{FrameLimits{}};
  feed(framer, got.answer.substr(got.answer.find('E')));
  const auto frame = framer.next();
  REQUIRE(frame);
  const auto error = backend::decode_error(frame->body());
  CHECK(error.severity == "FATAL");
  CHECK(error.code == code);
  CHECK(error.message == got.reason);
}

}  // namespace

TEST_CASE("a startup message begins a session") {
  const auto got =
      receive(startup("user\0temporal\0database\0visibility\0options\0\0application_name\0t\0\0"s));
  CHECK(got.verdict == Verdict::started);
  CHECK(got.answer.empty());
  CHECK(got.startup.user == "temporal");
  CHECK(got.startup.database == "visibility");
  CHECK(got.startup.parameters == Parameters{{"user", "temporal"},
                                             {"database", "visibility"},
                                             {"options", ""},
                                             {"application_name", "t"}});
}

TEST_CASE("the database is named like the user where none is given") {
  CHECK(receive(startup("user\0a\0\0"s)).startup.database == "a");
  CHECK(receive(startup("user\0a\0database\0\0\0"s)).startup.database == "a");
}

TEST_CASE("every strict prefix of a startup message asks for more") {
  const auto bytes = startup("user\0temporal\0\0"s);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK(receive(bytes.substr(0, length)).verdict == Verdict::more);
  }
}

TEST_CASE("bytes behind the startup message are handed back") {
  const auto query = message('Q', "SELECT 1\0"s);
  Greeting greeting{GreetingOptions{}};
  const auto got = receive(greeting, {startup("user\0a\0\0"s) + query});
  CHECK(got.verdict == Verdict::started);
  CHECK(got.leftovers == query);
}

TEST_CASE("encryption is declined once each, and then the session may begin") {
  const auto begin = startup("user\0a\0\0"s);
  CHECK(receive(ssl).answer == "N");
  CHECK(receive(gss).answer == "N");
  const auto got = receive(gss + ssl + begin);
  CHECK(got.verdict == Verdict::started);
  CHECK(got.answer == "NN");
  check_refused(ssl + ssl, "08P01", "SSLRequest was repeated");
  check_refused(gss + ssl + gss, "08P01", "GSSENCRequest was repeated");
}

TEST_CASE("with TLS on, the request is granted and the session begins inside") {
  Greeting greeting{GreetingOptions{.tls = true}};
  auto got = receive(greeting, {ssl});
  CHECK(got.verdict == Verdict::wants_tls);
  CHECK(got.answer == "S");
  got = receive(greeting, {startup("user\0a\0\0"s)});
  CHECK(got.verdict == Verdict::started);
  CHECK(receive(startup("user\0a\0\0"s), {.tls = true}).verdict == Verdict::started);
}

TEST_CASE("bytes sent in the clear behind a granted SSLRequest are refused, not kept") {
  Greeting greeting{GreetingOptions{.tls = true}};
  const auto got = receive(greeting, {ssl + startup("user\0eve\0\0"s)});
  CHECK(got.verdict == Verdict::refused);
  CHECK(got.answer.find("unencrypted data") != std::string::npos);
  CHECK(got.answer[0] == 'E');
  CHECK(got.leftovers.empty());
}

TEST_CASE("where TLS is required, no session comes without it") {
  const GreetingOptions required{.tls = true, .tls_required = true};
  const auto begin = startup("user\0a\0\0"s);
  const auto got = receive(begin, required);
  CHECK(got.verdict == Verdict::refused);
  CHECK(got.reason == "connection requires TLS");
  CHECK(got.answer.find("C28000\0"s) != std::string::npos);
  CHECK(got.answer.find("HConnect with sslmode=require, or stronger.\0"s) != std::string::npos);
  std::string cancel;
  frontend::append_cancel_request(cancel, 4711, -2);
  CHECK(receive(cancel, required).verdict == Verdict::cancel);  // as in PostgreSQL

  for (const auto& inside : {begin, cancel}) {
    Greeting asked(required);
    CHECK(receive(asked, {gss, ssl}).answer == "NS");
    CHECK(receive(asked, {inside}).verdict ==
          (inside == begin ? Verdict::started : Verdict::cancel));
    CHECK(receive(inside, {.tls = true, .tls_required = true, .encrypted = true}).verdict ==
          (inside == begin ? Verdict::started : Verdict::cancel));
  }
}

TEST_CASE("inside TLS nobody gets TLS once more") {
  const auto direct = receive(ssl, {.tls = true, .encrypted = true});
  CHECK(direct.verdict == Verdict::refused);
  CHECK(direct.reason == "SSLRequest was repeated");
  Greeting greeting{GreetingOptions{.tls = true}};
  receive(greeting, {ssl});
  CHECK(receive(greeting, {ssl}).verdict == Verdict::refused);
}

TEST_CASE("a cancel request has a key and no answer") {
  std::string bytes;
  frontend::append_cancel_request(bytes, 4711, -2);
  Greeting greeting{GreetingOptions{}};
  const auto got = receive(greeting, {ssl, bytes});
  CHECK(got.verdict == Verdict::cancel);
  CHECK(got.answer == "N");
  CHECK(greeting.cancel_key().process_id == 4711);
  CHECK(greeting.cancel_key().secret == -2);
  check_refused(packet(frontend::cancel_request, "\0\0\0\1\0\0\0"s), "08P01", "invalid startup");
  check_refused(packet(frontend::cancel_request, "\0\0\0\1\0\0\0\1\0"s), "08P01",
                "invalid startup");
}

TEST_CASE("a newer minor version and unknown options are negotiated down") {
  const auto newer = receive(packet((3 << 16) | 2, "user\0a\0\0"s));
  CHECK(newer.verdict == Verdict::started);
  CHECK(newer.answer == "v\0\0\0\x0c\0\3\0\0\0\0\0\0"s);
  const auto options =
      receive(startup("_pq_.x\0"
                      "1\0user\0a\0_pq_.y\0\0\0"s));
  CHECK(options.verdict == Verdict::started);
  CHECK(options.answer == "v\0\0\0\x1a\0\3\0\0\0\0\0\2_pq_.x\0_pq_.y\0"s);
  CHECK(options.startup.parameters == Parameters{{"user", "a"}});
}

TEST_CASE("what is no startup packet is refused with a word why") {
  check_refused(startup("\0"s), "28000", "no PostgreSQL user name");
  check_refused(startup("user\0\0\0"s), "28000", "no PostgreSQL user name");
  check_refused(packet(2 << 16, std::string(288, '\0')), "0A000",
                "unsupported frontend protocol 2.0");
  check_refused(packet(4 << 16, "user\0a\0\0"s), "0A000", "unsupported frontend protocol 4.0");
  check_refused(packet(-1, "user\0a\0\0"s), "0A000", "unsupported frontend protocol 65535.65535");
  check_refused(startup("user\0a\0"s), "08P01", "invalid startup packet layout");
  check_refused(startup("user\0a\0\0x"s), "08P01", "invalid startup packet layout");
  check_refused(startup("user\0"s), "08P01", "invalid startup packet layout");
  check_refused(startup(""), "08P01", "invalid startup packet layout");
  check_refused("\0\0\0\x0c\x04\xd2\x16\x2f\0\0\0\0"s, "08P01", "invalid startup packet layout");
  check_refused("\0\0\0\0"s, "08P01", "invalid length of startup packet");
  check_refused("\0\0\0\7abc"s, "08P01", "invalid length of startup packet");
  check_refused("\xff\xff\xff\xff", "08P01", "invalid length of startup packet");
  check_refused("\x80\0\0\0"s, "08P01", "invalid length of startup packet");
  check_refused("GET / HTTP/1.1\r\n\r\n", "08P01", "HTTP");
  check_refused("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"s, "08P01", "TLS handshake");
  check_refused("SSH-2.0-OpenSSH_9.2\r\n", "08P01", "invalid length of startup packet");
}

TEST_CASE("10,000 bytes of startup packet are the most") {
  const auto sized = [](std::size_t size) {
    const auto fixed = startup("user\0a\0b\0\0\0"s).size();
    return startup("user\0a\0b\0"s + std::string(size - fixed, 'x') + "\0\0"s);
  };
  CHECK(sized(10'000).size() == 10'000);
  CHECK(receive(sized(10'000)).verdict == Verdict::started);
  CHECK(receive(sized(10'001)).verdict == Verdict::refused);
}
