#include "proxy/wire/authentication.hpp"

#include <catch2/catch.hpp>

#include "proxy/wire/frontend.hpp"
#include "proxy/wire/scram_server.hpp"
#include "proxy/wire/scram_verifier.hpp"

#include "tests/support/codec_sample.hpp"

using namespace occam::wire;
using namespace occam::wire::test;
using Verdict = Authentication::Verdict;

namespace {

// RFC 7677 §3, parted into what the server chose and what it was told.
constexpr auto server_nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr auto client_first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr auto server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr auto client_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr auto server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

// The RFC's password and salt as PostgreSQL would keep them; computed by another program.
constexpr auto verifier =
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

ScramServer server() { return {*parse_verifier(verifier), server_nonce}; }

std::string initial(std::string_view text) {
  std::string out;
  frontend::append_sasl_initial_response(out, scram_mechanism, text);
  return out;
}
std::string response(std::string_view text) { return message('p', text); }

// What a client hears that sends these bytes, all at once or one by one.
struct Dialogue {
  Authentication authentication;
  std::string sent;
  Verdict verdict = Verdict::more;
  std::size_t unread = 0;

  explicit Dialogue(const std::string& bytes, bool genuine = true, bool chopped = false)
      : authentication("user", {*parse_verifier(verifier), genuine}, server_nonce) {
    Framer framer{FrameLimits{.message = authentication_message_limit}};
    authentication.start(sent);
    for (std::size_t at = 0; at < bytes.size() && verdict == Verdict::more;) {
      const auto size = chopped ? std::size_t{1} : bytes.size();
      feed(framer, std::string_view(bytes).substr(at, size));
      at += size;
      while (verdict == Verdict::more) {
        try {
          const auto frame = framer.next();
          if (!frame) break;
          verdict = authentication.on_frame(*frame, sent);
        } catch (const ProtocolViolation& violation) {
          verdict = authentication.on_violation(violation);
        }
      }
    }
    unread = framer.pending();
    const bool ended_badly = verdict == Verdict::refused || verdict == Verdict::broken;
    CHECK(authentication.error().empty() != ended_badly);
  }

  // Code and message of error().
  std::string error() const {
    Framer framer{FrameLimits{}};
    feed(framer, authentication.error());
    const auto frame = framer.next();
    if (!frame) return "none";
    const auto said = backend::decode_error(frame->body());
    CHECK(said.severity == "FATAL");
    return std::string(said.code) + " " + std::string(said.message);
  }
};

void check_broken(const std::string& bytes, const std::string& error) {
  CAPTURE(bytes);
  const Dialogue dialogue(bytes);
  CHECK(dialogue.verdict == Verdict::broken);
  CHECK(dialogue.error() == error);
}

}  // namespace

TEST_CASE("the server's side of RFC 7677's example comes out as printed there") {
  auto scram = server();
  CHECK(scram.server_first(client_first) == server_first);
  CHECK(scram.server_final(client_final) == std::string(server_final));
}

TEST_CASE("a verifier is read as pg_authid has it, and made of a password alike") {
  const auto read = parse_verifier(verifier);
  REQUIRE(read);
  const auto made = make_verifier("pencil", read->salt);
  CHECK(made.iterations == read->iterations);
  CHECK(made.stored_key == read->stored_key);
  CHECK(made.server_key == read->server_key);
  CHECK_FALSE(make_verifier("pencil", "another salt").stored_key == read->stored_key);
}

TEST_CASE("a verifier that is broken anywhere is none") {
  const std::string good = verifier;
  REQUIRE(parse_verifier(good));
  for (std::size_t at = 0; at < good.size(); ++at) {
    CAPTURE(at);
    CHECK_FALSE(parse_verifier(good.substr(0, at)));
    auto changed = good;
    changed[at] = '!';
    CHECK_FALSE(parse_verifier(changed));
  }
  CHECK_FALSE(parse_verifier(good + "="));
  CHECK_FALSE(parse_verifier("SCRAM-SHA-256$0:" + good.substr(19)));
  CHECK_FALSE(parse_verifier("SCRAM-SHA-256$-1:" + good.substr(19)));
  CHECK_FALSE(parse_verifier("SCRAM-SHA-256$99999999999:" + good.substr(19)));
  CHECK(verifier_like("SCRAM-SHA-256$"));
  CHECK_FALSE(verifier_like("SCRAM-SHA-256"));
  CHECK_FALSE(verifier_like("scram-sha-256$4096"));
}

TEST_CASE("base64 that would not be written so is refused") {
  CHECK(scram::decode64("AAA=") == "\0\0"s);
  for (const auto* text :
       {"", "A", "AAA", "AAAA=", "A===", "====", "AA=A", "AAB=", " AAA", "AAA ", "AAA\n"}) {
    CAPTURE(text);
    CHECK_FALSE(scram::decode64(text));
  }
}

TEST_CASE("authentication: a client that knows its password, whole and byte by byte") {
  for (const bool chopped : {false, true}) {
    const Dialogue dialogue(initial(client_first) + response(client_final) + "next", true, chopped);
    CHECK(dialogue.verdict == Verdict::authenticated);
    CHECK(dialogue.sent == message('R', "\0\0\0\x0aSCRAM-SHA-256\0\0"s) +
                               message('R', "\0\0\0\x0b"s + server_first) +
                               message('R', "\0\0\0\x0c"s + server_final));
    CHECK(dialogue.unread == (chopped ? 0 : 4));
    CHECK(dialogue.authentication.reason().empty());
  }
}

TEST_CASE("authentication: a name that is nobody's is refused in the words of a wrong password") {
  auto wrong = std::string(client_final);
  wrong[wrong.size() - 5] ^= 1;
  const Dialogue wrong_password(initial(client_first) + response(wrong));
  const Dialogue nobody(initial(client_first) + response(client_final), false);
  const Dialogue nobody_wrong(initial(client_first) + response(wrong), false);
  for (const auto* dialogue : {&wrong_password, &nobody, &nobody_wrong}) {
    CHECK(dialogue->verdict == Verdict::refused);
    CHECK(dialogue->error() == "28P01 password authentication failed for user \"user\"");
    CHECK(dialogue->authentication.error() == wrong_password.authentication.error());
    CHECK(dialogue->sent == wrong_password.sent);
  }
  CHECK(wrong_password.authentication.reason() != nobody.authentication.reason());  // for the log
}

TEST_CASE("authentication: a dialogue cut short is never a success") {
  const auto whole = initial(client_first) + response(client_final);
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK(Dialogue(whole.substr(0, length)).verdict == Verdict::more);
  const std::string_view first = client_first;
  for (std::size_t length = 0; length < first.size(); ++length) {
    CAPTURE(length);
    CHECK(Dialogue(initial(first.substr(0, length)) + response(client_final)).verdict !=
          Verdict::authenticated);
  }
  const std::string_view last = client_final;
  for (std::size_t length = 0; length < last.size(); ++length) {
    CAPTURE(length);
    CHECK(Dialogue(initial(first) + response(last.substr(0, length))).verdict == Verdict::broken);
  }
}

TEST_CASE("authentication: a byte changed, lost or added anywhere is never a success") {
  const auto whole = initial(client_first) + response(client_final);
  const auto check_lost = [](const std::string& bytes) {
    CHECK(Dialogue(bytes).verdict != Verdict::authenticated);
  };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    CAPTURE(at);
    for (const int bit : {0x01, 0x08, 0x20, 0x80}) {
      auto changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      check_lost(changed);
    }
    auto shorter = whole;
    check_lost(shorter.erase(at, 1));
    for (const char added : {'\0', ',', 'x'}) {
      auto longer = whole;
      check_lost(longer.insert(at, 1, added));
    }
  }
}

TEST_CASE("authentication: what breaks the dialogue is named") {
  const auto first = initial(client_first);
  const auto malformed = [](const std::string& what) {
    return "08P01 malformed SCRAM message: " + what;
  };
  check_broken(message('Q', "SELECT 1\0"s), "08P01 expected SASL response, got message type 81");
  check_broken(message('X', ""), "08P01 expected SASL response, got message type 88");
  check_broken(first + message('S', ""), "08P01 expected SASL response, got message type 83");
  check_broken("p\0\0\0\3"s, "08P01 invalid message length");
  check_broken(response(std::string(1025, 'x')), "08P01 message longer than the limit");
  check_broken(response(""), "08P01 string without terminator");
  check_broken(response("SCRAM-SHA-256\0"s), "08P01 message too short");
  check_broken(response("SCRAM-SHA-256\0\xff\xff\xff\xfe"s), "08P01 message too short");
  check_broken(response("SCRAM-SHA-256\0\0\0\0\2x"s), "08P01 message too short");
  check_broken(response("SCRAM-SHA-256\0\0\0\0\1xy"s), "08P01 message too long");
  check_broken(response("SCRAM-SHA-256\0\xff\xff\xff\xffx"s), "08P01 message too long");
  check_broken(initial(""), malformed("it is empty"));
  check_broken(initial("n,,n=,r=a\0b"s), malformed("it holds a zero byte"));
  check_broken(initial("x,,n=,r=a"), malformed("unexpected channel-binding flag"));
  check_broken(initial("n"), malformed("expected a comma behind the channel-binding flag"));
  check_broken(initial("n,n=,r=a"), malformed("unexpected attribute in client-first-message"));
  check_broken(initial("n,,r=a"), malformed("expected attribute n"));
  check_broken(initial("n,,n=,x=a"), malformed("expected attribute r"));
  check_broken(initial("n,,n=,r="), malformed("non-printable characters in SCRAM nonce"));
  check_broken(initial("n,,n=,r=\x7f"), malformed("non-printable characters in SCRAM nonce"));
  check_broken(initial("n,,n=,r=a,1=x"), malformed("expected an attribute"));
  check_broken(initial("n,,n=,r=a,x"), malformed("expected attribute x"));
  check_broken(initial("n,a=admin,n=,r=a"),
               "0A000 client uses authorization identity, but it is not supported");
  check_broken(initial("n,,m=x,n=,r=a"), "0A000 client requires an unsupported SCRAM extension");
  check_broken(first + response("r=a,p=AAAA"), malformed("expected attribute c"));
  check_broken(first + response("c=biws,p=AAAA"), malformed("expected attribute r"));
  check_broken(first + response("c=biws,r=a"), malformed("expected an attribute"));
  check_broken(first + response("c=biws,r=a,p=AAAA"),
               malformed("malformed proof in client-final-message"));
  check_broken(first + response("c=biws,r=a,p=" + std::string(43, 'A') + "=,x=y"),
               malformed("garbage found at the end of client-final-message"));
  check_broken(first + response("c=biws,r=a,p=" + std::string(43, 'A') + "="),
               "08P01 invalid SCRAM response: nonce does not match");
  Authentication pieces("u", {*parse_verifier(verifier)}, server_nonce);
  std::string out;
  CHECK(pieces.on_frame(Frame{'p', first, true, false}, out) == Verdict::broken);
}

TEST_CASE("authentication: channel binding is for those who have it to miss, not to insist on") {
  const auto unexpected =
      "08P01 malformed SCRAM message: unexpected SCRAM channel-binding attribute in "
      "client-final-message";
  const std::string rest = ",r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=";
  const auto proof = std::string(43, 'A') + "=";
  const std::string yes = "y,,n=user,r=rOprNGfwEbeRWgbNEkqO";
  check_broken(initial(yes) + response("c=biws" + rest + proof), unexpected);
  check_broken(initial(client_first) + response("c=eSws" + rest + proof), unexpected);
  CHECK(Dialogue(initial(yes) + response("c=eSws" + rest + proof)).verdict == Verdict::refused);
  check_broken(initial("p=tls-server-end-point,,n=,r=a"),
               "08P01 malformed SCRAM message: the client chose SCRAM-SHA-256 without channel "
               "binding, but sends channel binding data");
  check_broken(message('p', "SCRAM-SHA-256-PLUS\0\0\0\0\1p"s),
               "08P01 client selected an invalid SASL authentication mechanism");
}

TEST_CASE("authentication: a password sent in the clear or as MD5 is never repeated") {
  for (const auto* password : {"open-sesame", "md5f5e3b2e1d3c0a9f8b7a6958473625140"}) {
    const Dialogue dialogue(message('p', password + "\0"s));
    CHECK(dialogue.verdict == Verdict::broken);
    CHECK(dialogue.error() == "08P01 client selected an invalid SASL authentication mechanism");
    CHECK(dialogue.authentication.error().find("use a driver that has it") != std::string::npos);
    CHECK(dialogue.authentication.error().find(password) == std::string::npos);
    CHECK(dialogue.authentication.reason().find(password) == std::string::npos);
  }
}
