// Laws of logging in and being logged in, the two roles against each other: whoever knows the
// password is let in whatever it is, whoever does not is refused, and neither says what it knows.
#include <optional>
#include <string>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include "proxy/wire/authentication.hpp"
#include "proxy/wire/login.hpp"

#include "tests/support/codec_sample.hpp"

using namespace occam::wire;

namespace {

// The fewest that a client accepts.
constexpr int iterations = 4096;

struct End {
  Authentication::Verdict client = Authentication::Verdict::more;
  Login::Verdict server = Login::Verdict::more;
  std::string conversation;  // every byte of it, and every reason and error
};

// Both sides get what the other has said, in pieces of `piece` bytes.
class Conversation {
 public:
  Conversation(Credential credential, const std::string& password, std::size_t piece)
      : piece_(piece),
        authentication_("user", std::move(credential), "server+nonce"),
        login_(LoginRequest{"user", "db", password, {}, "client+nonce"}) {}

  End hold() {
    authentication_.start(to_client_);
    while (!to_client_.empty() || !to_server_.empty()) {
      end_.conversation += to_client_ + to_server_;
      server_speaks(std::exchange(to_client_, ""));
      client_speaks(std::exchange(to_server_, ""));
    }
    for (const auto* text :
         {&authentication_.error(), &authentication_.reason(), &login_.error(), &login_.reason()})
      end_.conversation += *text;
    return end_;
  }

 private:
  template <class Take>
  void cut(Framer& framer, const std::string& bytes, Take take) {
    for (std::size_t at = 0; at < bytes.size(); at += piece_) {
      test::feed(framer, std::string_view(bytes).substr(at, piece_));
      while (const auto frame = framer.next()) take(*frame);
    }
  }

  void server_speaks(const std::string& bytes) {
    cut(client_framer_, bytes, [&](const Frame& frame) {
      if (end_.server == Login::Verdict::more) end_.server = login_.on_frame(frame, to_server_);
    });
  }

  void client_speaks(const std::string& bytes) {
    cut(server_framer_, bytes, [&](const Frame& frame) {
      if (end_.client != Authentication::Verdict::more) return;
      end_.client = authentication_.on_frame(frame, to_client_);
      if (end_.client != Authentication::Verdict::authenticated) return;
      backend::append_authentication_ok(to_client_);
      backend::append_ready_for_query(to_client_, backend::Status::idle);
    });
  }

  std::size_t piece_;
  Authentication authentication_;
  Login login_;
  Framer client_framer_{FrameLimits{}};
  Framer server_framer_{FrameLimits{.message = authentication_message_limit}};
  std::string to_client_;
  std::string to_server_;
  End end_;
};

// Any bytes, at least one of them.
std::string password() { return *rc::gen::nonEmpty(rc::gen::arbitrary<std::string>()); }
std::size_t piece() { return *rc::gen::inRange<std::size_t>(1, 200); }

}  // namespace

TEST_CASE("property: whoever knows the password is let in") {
  CHECK(rc::check([] {
    const auto secret = password();
    const auto salt = *rc::gen::nonEmpty(rc::gen::arbitrary<std::string>());
    const auto end =
        Conversation({make_verifier(secret, salt, iterations), true}, secret, piece()).hold();
    RC_ASSERT(end.client == Authentication::Verdict::authenticated);
    RC_ASSERT(end.server == Login::Verdict::logged_in);
    if (secret.size() > 6) RC_ASSERT(end.conversation.find(secret) == std::string::npos);
  }));
}

TEST_CASE("property: whoever does not, or is nobody, is refused") {
  CHECK(rc::check([] {
    const auto secret = password();
    const bool genuine = *rc::gen::arbitrary<bool>();
    const auto guess = genuine ? password() : secret;
    RC_PRE(!genuine || guess != secret);
    const auto end =
        Conversation({make_verifier(secret, "salt", iterations), genuine}, guess, piece()).hold();
    RC_ASSERT(end.client == Authentication::Verdict::refused);
    RC_ASSERT(end.server == Login::Verdict::more);  // it waits for the answer, which comes later
  }));
}
