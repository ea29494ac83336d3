// Streams, outbox and peer over a real socket pair on loopback, driven step by step.
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <catch2/catch.hpp>

#include "proxy/cancel_keys.hpp"
#include "proxy/net/outbox.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/peer.hpp"
#include "proxy/wire/backend.hpp"

namespace occam {
namespace {

namespace asio = boost::asio;

// Two connected sockets: `near` belongs to the code under test, `far` to the test.
struct Pair {
  asio::io_context io;
  net::Socket near{io.get_executor()};
  net::Socket far{io.get_executor()};

  Pair() {
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
    far.connect(acceptor.local_endpoint());
    acceptor.accept(near);
  }
  std::string read_far(std::size_t count) {
    std::string bytes(count, '\0');
    asio::read(far, asio::buffer(bytes));
    return bytes;
  }
};

struct Owner final : Peer::Owner {
  void on_read(Peer& peer, net::Error error) override {
    ++reads;
    last = error;
    while (const auto frame = peer.next()) seen.append(frame->bytes);
  }
  void on_written(Peer&) override { ++written; }

  int reads = 0;
  int written = 0;
  net::Error last;
  std::string seen;
};

TEST_CASE("outbox: small writes go out at once, and the string comes back empty") {
  Pair pair;
  net::Stream stream(std::move(pair.near));
  net::Outbox outbox;
  std::string bytes = "abc";
  outbox.send(stream, bytes, [](net::Error) { FAIL("nothing had to wait"); });
  CHECK(bytes.empty());
  CHECK(outbox.empty());
  CHECK(pair.read_far(3) == "abc");
}

TEST_CASE("outbox: what does not fit waits, and later bytes follow it in order") {
  Pair pair;
  net::Stream stream(std::move(pair.near));
  net::Outbox outbox;
  const std::string large(32 << 20, 'x');
  auto bytes = large;
  bool done = false;
  outbox.send(stream, bytes, [&](net::Error) { done = outbox.empty(); });
  REQUIRE(outbox.unsent() > 0);
  std::string more = "the end";
  outbox.send(stream, more, [&](net::Error) { FAIL("one write at a time"); });

  std::string received(large.size() + 7, '\0');
  asio::async_read(pair.far, asio::buffer(received), [](net::Error, std::size_t) {});
  pair.io.run();
  CHECK(done);
  CHECK(received == large + "the end");
}

TEST_CASE("outbox: a broken stream drops everything and still reports") {
  Pair pair;
  net::Stream stream(std::move(pair.near));
  net::Outbox outbox;
  std::string bytes(32 << 20, 'x');
  net::Error result;
  outbox.send(stream, bytes, [&](net::Error error) { result = error; });
  pair.far.close();
  pair.io.run();
  CHECK(result);
  CHECK(outbox.empty());
}

// A write takes the error off the socket, and what is read after it is an orderly end.
TEST_CASE("peer: a reset that a write meets first is told to who reads") {
  for (const bool abortive : {true, false}) {
    Pair pair;
    const auto peer = std::make_shared<Peer>(net::Stream(std::move(pair.near)),
                                             wire::Framer(wire::FrameLimits{}));
    const auto owner = std::make_shared<Owner>();
    peer->belong_to(owner);
    if (abortive) pair.far.set_option(asio::socket_base::linger(true, 0));
    pair.far.close();
    std::string answer = "an answer";
    peer->send(answer);
    peer->read();
    pair.io.run_one();
    CHECK(owner->reads == 1);
    CHECK((owner->last == asio::error::connection_reset) == abortive);
    peer->part();
  }
}

TEST_CASE("peer: bytes read before are taken first, then what comes") {
  Pair pair;
  const auto peer =
      std::make_shared<Peer>(net::Stream(std::move(pair.near)), wire::Framer(wire::FrameLimits{}));
  const auto owner = std::make_shared<Owner>();
  peer->belong_to(owner);
  std::string frame;
  wire::backend::append_ready_for_query(frame, wire::backend::Status::idle);
  peer->already_read(frame.substr(0, 3));
  asio::write(pair.far, asio::buffer(frame.substr(3)));
  peer->read();
  peer->read();  // one read at a time
  pair.io.run();
  CHECK(owner->reads == 1);
  CHECK(owner->seen == frame);
}

TEST_CASE("peer: after parting the owner hears nothing, and the last words still arrive") {
  Pair pair;
  const auto peer =
      std::make_shared<Peer>(net::Stream(std::move(pair.near)), wire::Framer(wire::FrameLimits{}));
  const auto owner = std::make_shared<Owner>();
  peer->belong_to(owner);
  peer->read();
  asio::write(pair.far, asio::buffer(std::string(100'000, 'x')));  // unread by the other side
  std::string last_words = "goodbye";
  peer->send(last_words);
  peer->part();
  CHECK(pair.read_far(7) == "goodbye");
  char byte = 0;
  net::Error error;
  CHECK(pair.far.read_some(asio::buffer(&byte, 1), error) == 0);
  CHECK(error == asio::error::eof);  // not a reset
  pair.far.close();
  pair.io.run();
  CHECK(owner->reads == 0);
  CHECK(owner.use_count() == 1);
}

struct Cancelled : CancelKeys::Owner {
  void on_cancel_key() override { ++times; }
  int times = 0;
};

TEST_CASE("cancel keys: only the right secret of a living session is heard") {
  CancelKeys keys;
  Cancelled first;
  Cancelled second;
  const auto a = keys.issue(first);
  const auto b = keys.issue(second);
  CHECK(a.process_id != b.process_id);
  keys.cancel(a);
  CHECK(first.times == 1);
  keys.cancel({b.process_id, b.secret ^ 1});
  keys.cancel({12345, a.secret});
  keys.revoke({b.process_id, b.secret ^ 1});
  keys.revoke(a);
  keys.cancel(a);
  CHECK(first.times == 1);
  CHECK(second.times == 0);
  keys.cancel(b);
  CHECK(second.times == 1);
}

}  // namespace
}  // namespace occam
