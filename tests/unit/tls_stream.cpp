// What passes through a stream under TLS: much and little, chopped, both ways at once, and its end.
#include <memory>
#include <random>
#include <string>
#include <thread>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "proxy/net/outbox.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/net/tls_server.hpp"
#include "proxy/peer.hpp"
#include "proxy/wire/backend.hpp"

#include "tests/support/tls_peer.hpp"

namespace occam {
namespace {

using namespace test;
namespace asio = boost::asio;

// A stream whose handshake is done, and its peer.
struct Line {
  explicit Line(int version = TLS1_3_VERSION)
      : far(pair.far.release(), TLS_client_method()),
        descriptor(pair.near.native_handle()),
        stream(std::move(pair.near)) {
    SSL_CTX_set_max_proto_version(far.settings(), version);
    net::TlsServer role({certificates().server.certificate, certificates().server.key, ""},
                        "postgresql");
    auto other = beside([this] { far.connect(); });
    bool done = false;
    stream.encrypt(role, [&](const auto& failure) { done = !failure; });
    pair.io.run();
    pair.io.restart();
    other.join();
    REQUIRE(done);
  }
  // Reads with a room of this size, up to the end.
  void read_to_end(std::size_t size) {
    room.resize(size);
    stream.read_some(room, [this, size](net::Error error, std::size_t count) {
      received.append(room.data(), count);
      result = error;
      if (!error) read_to_end(size);
    });
  }

  Pair pair;
  Far far;
  int descriptor;  // of the stream
  net::Stream stream;
  std::vector<char> room;
  std::string received;
  net::Error result;
};

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST_CASE("tls stream: what comes is read, whatever the room") {
  const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  const auto room = GENERATE(1, 5, 4096, 65536);
  Line line(version);
  const auto sent = noise(room == 1 ? 3000 : 100'000);
  line.read_to_end(static_cast<std::size_t>(room));
  auto other = beside([&] {
    line.far.write(sent);
    line.far.close();
  });
  line.pair.io.run();
  other.join();
  CHECK(line.received == sent);
  CHECK(line.result == asio::error::eof);
}

TEST_CASE("tls stream: handlers run after the call, and what is decrypted needs no socket") {
  Line line;
  line.far.write("one and two");
  std::array<char, 4> room{};
  std::string got;
  line.stream.read_some(room,
                        [&](net::Error, std::size_t count) { got.append(room.data(), count); });
  line.pair.io.run();
  line.pair.io.restart();
  CHECK(got == "one ");
  bool within = true;
  line.stream.read_some(room, [&](net::Error, std::size_t count) {
    CHECK_FALSE(within);
    got.append(room.data(), count);
  });
  within = false;
  line.pair.io.run();
  CHECK(got == "one and ");
}

// What TLS has made of some bytes reaches the stream one byte at a time.
TEST_CASE("tls stream: chopped on the wire") {
  const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  Pair pair;
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  Far far(ends[0], TLS_client_method());
  SSL_CTX_set_max_proto_version(far.settings(), version);
  auto other = beside([&] {
    if (far.connect()) far.write("chopped");
    SSL_shutdown(far.session());
    ::shutdown(far.descriptor(), SHUT_WR);
    far.read(2);
  });
  auto forward = beside([&] {
    char byte = 0;
    while (::recv(ends[1], &byte, 1, 0) == 1) asio::write(pair.far, asio::buffer(&byte, 1));
    net::Error ignored;
    pair.far.shutdown(net::Socket::shutdown_send, ignored);
  });
  auto back = beside([&] {
    char byte = 0;
    net::Error error;
    while (pair.far.read_some(asio::buffer(&byte, 1), error) == 1)
      ::send(ends[1], &byte, 1, MSG_NOSIGNAL);
    ::shutdown(ends[1], SHUT_WR);
  });

  net::TlsServer role({certificates().server.certificate, certificates().server.key, ""},
                      "postgresql");
  net::Stream stream(std::move(pair.near));
  std::array<char, 64> room{};
  std::string received;
  std::function<void(net::Error, std::size_t)> on_read = [&](net::Error error, std::size_t count) {
    received.append(room.data(), count);
    if (!error) return stream.read_some(room, on_read);
    CHECK(error == asio::error::eof);
    stream.end_writing();
  };
  stream.encrypt(role, [&](const auto& failure) {
    REQUIRE_FALSE(failure);
    stream.read_some(room, on_read);
  });
  pair.io.run();
  for (auto* thread : {&other, &forward, &back}) thread->join();
  ::close(ends[1]);
  CHECK(received == "chopped");
}

TEST_CASE("tls stream: both ways at once, under back-pressure") {
  const auto version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  Line line(version);
  const auto sent = noise(std::size_t{8} << 20);
  auto bytes = sent;
  net::Outbox outbox;
  outbox.send(line.stream, bytes, [&](net::Error error) {
    CHECK_FALSE(error);
    if (outbox.empty()) line.stream.end_writing();
  });
  REQUIRE(outbox.unsent() > 0);
  std::string more = "the end";
  outbox.send(line.stream, more, [](net::Error) { FAIL("one write at a time"); });
  line.read_to_end(65536);

  std::string seen;
  auto other = beside([&] {  // takes and gives in turn, each a little
    for (std::size_t at = 0; at < sent.size(); at += 50'000) {
      seen += line.far.read(50'000);
      line.far.write(std::string_view(sent).substr(at, 50'000));
    }
    seen += line.far.read(sent.size());
    SSL_shutdown(line.far.session());
    line.far.close();
  });
  line.pair.io.run();
  other.join();
  CHECK(seen == sent + "the end");
  CHECK(line.received == sent);
}

TEST_CASE("tls stream: the peer reads an end that is meant") {
  Line line;
  net::Error error;
  CHECK(line.stream.write_now("goodbye", error) == 7);
  CHECK_FALSE(error);
  line.stream.end_writing();
  CHECK(line.far.read(7) == "goodbye");
  CHECK(line.far.end_of_read() == SSL_ERROR_ZERO_RETURN);
}

TEST_CASE("tls stream: an end without goodbye is an end, behind everything before it") {
  Line line;
  line.far.write("last words");
  line.far.close();
  line.read_to_end(4);
  line.pair.io.run();
  CHECK(line.received == "last words");
  CHECK(line.result == asio::error::eof);
}

TEST_CASE("tls stream: bytes that are no TLS break it, and nothing is taken for data") {
  Line line;
  ::send(line.far.descriptor(), "Q\0\0\0\x0dSELECT 1\0", 14, MSG_NOSIGNAL);
  line.read_to_end(64);
  line.pair.io.run();
  CHECK(line.received.empty());
  CHECK(line.result);
  CHECK(line.result != asio::error::eof);
  CHECK_FALSE(line.result.message().empty());
  net::Error error;
  CHECK(line.stream.write_now("secret", error) == 0);
  CHECK(error);
}

TEST_CASE("tls stream: a peer that is gone is an error, not a signal") {
  Line line;
  line.far.close();
  net::Error error;
  while (!error) line.stream.write_now("anybody?", error);
  CHECK(error == asio::error::broken_pipe);
}

TEST_CASE("tls stream: closing ends what is outstanding") {
  Line line;
  line.read_to_end(64);
  bool written = false;
  line.stream.write(std::string_view(), [&](net::Error, std::size_t) { written = true; });
  line.stream.close();
  line.stream.close();
  line.pair.io.run();
  CHECK(line.result == asio::error::operation_aborted);
  CHECK(written);
  net::Error error;
  CHECK(line.stream.write_now("x", error) == 0);
  CHECK(error);
}

TEST_CASE("tls stream: a closed stream gives out nothing that it had decrypted") {
  Line line;
  line.far.write("decrypted");
  line.read_to_end(4);
  while (line.received.empty()) line.pair.io.run_one();
  REQUIRE(line.received == "decr");  // the rest is on its way without the socket
  line.stream.close();
  line.pair.io.run();
  CHECK(line.received == "decr");
  CHECK(line.result == asio::error::operation_aborted);
}

// The socket is ready for both, and the first of the two closes it.
TEST_CASE("tls stream: a closed stream does not read what its descriptor has become") {
  Line line;
  const int descriptor = line.descriptor;
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  REQUIRE(::send(ends[0], "another's", 9, 0) == 9);
  line.far.write("too late");
  line.read_to_end(64);
  line.stream.write("x", [&](net::Error, std::size_t) {
    line.stream.close();
    ::dup2(ends[1], descriptor);
  });
  line.pair.io.run();
  CHECK(line.received.empty());
  CHECK(line.result == asio::error::operation_aborted);
  char bytes[16];
  CHECK(::recv(descriptor, bytes, sizeof bytes, MSG_DONTWAIT) == 9);
  for (const int each : {descriptor, ends[0], ends[1]}) ::close(each);
}

TEST_CASE("tls stream: what is whole does not wait for what is not") {
  Line line;
  BIO* wire = BIO_new(BIO_s_mem());
  SSL_set0_wbio(line.far.session(), wire);
  line.far.write("one");
  line.far.write("two");
  char* bytes = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(wire, &bytes));
  ::send(line.far.descriptor(), bytes, size - 3, 0);
  std::array<char, 64> room{};
  std::string got;
  const auto read = [&] {
    line.stream.read_some(room,
                          [&](net::Error, std::size_t count) { got.append(room.data(), count); });
  };
  read();
  line.pair.io.run();
  line.pair.io.restart();
  CHECK(got == "one");
  read();
  ::send(line.far.descriptor(), bytes + size - 3, 3, 0);
  line.pair.io.run();
  CHECK(got == "onetwo");
}

TEST_CASE("peer: over TLS the last words arrive and the end is meant") {
  Line line;
  const auto peer =
      std::make_shared<Peer>(std::move(line.stream), wire::Framer(wire::FrameLimits{}));
  std::string frame;
  wire::backend::append_ready_for_query(frame, wire::backend::Status::idle);
  const auto expected = frame;
  line.far.write(std::string(50'000, 'x'));  // unread by the other side
  peer->send(frame);
  peer->part();
  std::string seen;
  auto other = beside([&] {
    seen = line.far.read(expected.size() + 1);
    CHECK(line.far.end_of_read() == SSL_ERROR_ZERO_RETURN);
    line.far.close();
  });
  line.pair.io.run();
  other.join();
  CHECK(seen == expected);
}

}  // namespace
}  // namespace occam
