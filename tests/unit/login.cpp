#include "proxy/wire/login.hpp"

#include <catch2/catch.hpp>

#include "proxy/wire/scram_client.hpp"

#include "tests/support/codec_sample.hpp"

using namespace occam::wire;
using namespace occam::wire::test;
using Verdict = Login::Verdict;

namespace {

// RFC 7677 §3.
constexpr auto rfc_nonce = "rOprNGfwEbeRWgbNEkqO";
constexpr auto rfc_server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr auto rfc_server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

// The same salt and nonces with the empty user's name that PostgreSQL's clients send.
constexpr auto server_final = "v=3HO6Qt1M4MKJrmlKaoOqLAI0/0TV0HZe7J9H3MBtSOg=";
constexpr auto client_proof = "qvT2SWdEH5Q06albL+hjSYuUhCG7VndFyzIb7CK4n9k=";

constexpr auto password = "pencil";

const std::string ok = message('R', "\0\0\0\0"s);
const std::string cleartext = message('R', "\0\0\0\3"s);
const std::string scram_offer = message('R', "\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"s);
const std::string session = message('S',
                                    "server_version\0"
                                    "15.4\0"s) +
                            message('S', "TimeZone\0UTC\0"s) + message('K', "\0\0\0\7\0\0\0\x08"s) +
                            message('Z', "I");

std::string sasl_continue(std::string_view text) {
  return message('R', "\0\0\0\x0b"s + std::string(text));
}
std::string sasl_final(std::string_view text) {
  return message('R', "\0\0\0\x0c"s + std::string(text));
}

// A login that the server answered with these bytes, all of them at once or one by one.
struct Dialogue {
  Login login;
  std::string sent;
  Verdict verdict = Verdict::more;
  std::size_t unread = 0;

  explicit Dialogue(const std::string& answers, std::string with_password = password,
                    bool chopped = false)
      : login(LoginRequest{"user", "db", std::move(with_password), {}, rfc_nonce}) {
    Framer framer{FrameLimits{}};
    std::string startup;
    login.start(startup);
    for (std::size_t at = 0; at < answers.size() && verdict == Verdict::more;) {
      const auto size = chopped ? std::size_t{1} : answers.size();
      feed(framer, std::string_view(answers).substr(at, size));
      at += size;
      while (verdict == Verdict::more) {
        try {
          const auto frame = framer.next();
          if (!frame) break;
          verdict = login.on_frame(*frame, sent);
        } catch (const ProtocolViolation& violation) {
          verdict = login.on_violation(violation);
        }
      }
    }
    unread = framer.pending();
    CHECK(login.reason().find(password) == std::string::npos);
    CHECK(login.error().find(password) == std::string::npos);
  }
};

void check_refused(const std::string& answers, std::string_view code, std::string_view text,
                   const std::string& with_password = password) {
  CAPTURE(text);
  const Dialogue dialogue(answers, with_password);
  CHECK(dialogue.verdict == Verdict::refused);
  CHECK(dialogue.login.reason().find(text) != std::string::npos);
  Framer framer{FrameLimits{}};
  feed(framer, dialogue.login.error());
  const auto frame = framer.next();
  REQUIRE(frame);
  const auto error = backend::decode_error(frame->body());
  CHECK(error.severity == "FATAL");
  CHECK(error.code == code);
  CHECK(error.message == dialogue.login.reason());
}

}  // namespace

TEST_CASE("the SCRAM-SHA-256 example of RFC 7677 comes out as printed there") {
  ScramClient scram("user", rfc_nonce);
  CHECK(scram.client_first() == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  CHECK(scram.client_final(password, rfc_server_first) ==
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  CHECK_NOTHROW(scram.verify(rfc_server_final));
  CHECK_NOTHROW(scram.verify(rfc_server_final + ",x=later"s));
}

TEST_CASE("SCRAM refuses what an honest server never says") {
  const auto first = [](const std::string& text) {
    ScramClient scram("", "abc");
    CHECK_THROWS_AS(scram.client_final(password, text), ScramFailure);
  };
  first("");
  first("r=abc,s=c2FsdA==,i=4096");        // no nonce of its own
  first("r=abx123,s=c2FsdA==,i=4096");     // not ours
  first("r=ab,s=c2FsdA==,i=4096");         // a part of ours
  first("r=abc123,s=c2FsdA==,i=4095");     // too cheap to guess
  first("r=abc123,s=c2FsdA==,i=1000001");  // too dear to compute
  first("r=abc123,s=c2FsdA==,i=-4096");
  first("r=abc123,s=c2FsdA==,i=99999999999999");
  first("r=abc123,s=c2FsdA==,i=4096x");
  first("r=abc123,s=c2FsdA==,i=");
  first("r=abc123,s=c2FsdA==");
  first("r=abc123,s=,i=4096");
  first("r=abc123,s=c2FsdA=,i=4096");
  first("r=abc123,s=c2Fs====,i=4096");
  first("r=abc123,s=c2 sdA==,i=4096");
  first("m=ext,r=abc123,s=c2FsdA==,i=4096");  // a mandatory extension
  first("s=c2FsdA==,r=abc123,i=4096");

  ScramClient scram("", rfc_nonce);
  CHECK_THROWS_AS(scram.verify(rfc_server_final), ScramFailure);  // before the question
  scram.client_final(password, rfc_server_first);
  for (const auto* text : {"", "v=", "v=AAAA", "e=invalid-proof", rfc_server_final,
                           "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5="}) {
    CHECK_THROWS_AS(scram.verify(text), ScramFailure);
  }
  CHECK_THROWS_AS(ScramClient("", ""), std::invalid_argument);
  CHECK_THROWS_AS(ScramClient("", "a,b"), std::invalid_argument);
}

TEST_CASE("the startup message asks for user, database and what else was given") {
  Login login(LoginRequest{
      "u", "d", "", {{"application_name", "occam"}, {"user", "x"}, {"database", "y"}}, "n"});
  std::string sent;
  login.start(sent);
  CHECK(sent == "\0\0\0\x32\0\3\0\0user\0u\0database\0d\0application_name\0occam\0\0"s);
}

TEST_CASE("a login without authentication") {
  const Dialogue dialogue(ok + session + "next");
  CHECK(dialogue.verdict == Verdict::logged_in);
  CHECK(dialogue.sent.empty());
  CHECK(dialogue.login.parameters() == Parameters{{"server_version", "15.4"}, {"TimeZone", "UTC"}});
  REQUIRE(dialogue.login.key());
  CHECK(dialogue.login.key()->process_id == 7);
  CHECK(dialogue.login.key()->secret == 8);
  CHECK(dialogue.unread == 4);
}

TEST_CASE("a login by cleartext password, however long") {
  const std::string token(5000, 't');
  const Dialogue dialogue(cleartext + ok + session, token);
  CHECK(dialogue.verdict == Verdict::logged_in);
  CHECK(dialogue.sent == message('p', token + '\0'));
}

TEST_CASE("a login by SCRAM-SHA-256, whole and byte by byte") {
  const auto answers =
      scram_offer + sasl_continue(rfc_server_first) + sasl_final(server_final) + ok + session;
  for (const bool chopped : {false, true}) {
    const Dialogue dialogue(answers, password, chopped);
    CHECK(dialogue.login.reason() == "");
    CHECK(dialogue.verdict == Verdict::logged_in);
    CHECK(dialogue.sent ==
          message('p', "SCRAM-SHA-256\0\0\0\0\x1cn,,n=,r=rOprNGfwEbeRWgbNEkqO"s) +
              message('p', "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p="s +
                               client_proof));
  }
  for (std::size_t length = 0; length < answers.size(); ++length) {
    CHECK(Dialogue(answers.substr(0, length)).verdict == Verdict::more);
  }
}

TEST_CASE("a server that skips its proof is refused") {
  check_refused(scram_offer + ok, "08P01", "out of order");
  check_refused(scram_offer + cleartext, "08P01", "out of order");
  check_refused(scram_offer + sasl_continue(rfc_server_first) + ok, "08P01", "out of order");
  check_refused(scram_offer + sasl_final(server_final), "08P01", "out of order");
  check_refused(scram_offer + sasl_continue(rfc_server_first) + sasl_final(rfc_server_final),
                "28000", "signature is wrong");
  check_refused(scram_offer + sasl_continue("r=mine,s=c2FsdA==,i=4096"), "28000", "nonce");
  check_refused(scram_offer + sasl_continue(rfc_server_first) + sasl_final(server_final) + session,
                "08P01", "expected an authentication message");
}

TEST_CASE("methods that are not spoken are named") {
  const auto method = [](char code, const std::string& rest = "") {
    return message('R', "\0\0\0"s + code + rest);
  };
  check_refused(method(5, "salt"), "28000", "use scram-sha-256");
  check_refused(method(2), "28000", "Kerberos V5");
  check_refused(method(7), "28000", "GSSAPI");
  check_refused(method(9), "28000", "SSPI");
  check_refused(method(99), "28000", "method 99");
  check_refused(message('R', "\0\0\0\x0aSCRAM-SHA-256-PLUS\0OTHER\0\0"s), "28000",
                "only: SCRAM-SHA-256-PLUS OTHER");
  check_refused(cleartext, "28P01", "none is configured", "");
  check_refused(scram_offer, "28P01", "none is configured", "");
}

TEST_CASE("the server's own error is kept byte for byte") {
  const auto error =
      message('E', "SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0Fauth.c\0\0"s);
  for (const auto& before : {""s, cleartext, cleartext + ok, scram_offer}) {
    const Dialogue dialogue(before + error);
    CHECK(dialogue.verdict == Verdict::refused);
    CHECK(dialogue.login.error() == error);
    CHECK(dialogue.login.reason() == "28P01 password authentication failed");
  }
}

TEST_CASE("notices are collected and a negotiated version is accepted") {
  const auto notice = message('N', "SWARNING\0C01000\0Mhm\0\0"s);
  const auto negotiated = message('v', "\0\3\0\0\0\0\0\0"s);
  const Dialogue dialogue(negotiated + notice + ok + notice + session);
  CHECK(dialogue.verdict == Verdict::logged_in);
  CHECK(dialogue.login.notices() == notice + notice);
  CHECK_FALSE(Dialogue(ok + message('Z', "I")).login.key());
}

TEST_CASE("a server that breaks the protocol is refused") {
  check_refused("HTTP/1.1 400 Bad Request\r\n", "08P01", "longer than the limit");
  check_refused("R\xff\xff\xff\xff", "08P01", "invalid message length");
  check_refused(session, "08P01", "expected an authentication message");
  check_refused(ok + message('Z', "T"), "08P01", "not idle");
  check_refused(ok + message('D', "\0\0"s), "08P01", "unexpected message");
  check_refused(ok + ok, "08P01", "unexpected message");
  check_refused(message('R', ""), "08P01", "too short");
  check_refused(message('R', "\0\0\0\0x"s), "08P01", "too long");
  check_refused(message('R', "\0\0\0\x0aSCRAM-SHA-256\0"s), "08P01", "without terminator");
  check_refused(message('E', "SFATAL"), "08P01", "without terminator");
  check_refused(ok + message('S', "a\0"s), "08P01", "without terminator");
  check_refused(ok + message('K', "\0\0\0\7"s), "08P01", "too short");
  const auto chatter = message('N', "M"s + std::string(100'000, 'x') + "\0\0"s);
  std::string flood = ok;
  for (int i = 0; i < 11; ++i) flood += chatter;
  check_refused(flood, "08P01", "too much");
  Login pieces(LoginRequest{"u", "d", "", {}, "n"});
  std::string out;
  CHECK(pieces.on_frame(Frame{'R', ok, true, false}, out) == Verdict::refused);
}
