#include "proxy/wire/frame.hpp"

#include <random>

#include <catch2/catch.hpp>

#include "tests/support/codec_sample.hpp"

using namespace occam::wire;
using namespace occam::wire::test;

namespace {

// Everything a stream yields, pieces joined: type and bytes of each message.
std::vector<std::string> messages(Framer& framer, std::vector<std::string> so_far = {}) {
  while (const auto frame = framer.next()) {
    if (frame->begins) so_far.emplace_back();
    so_far.back() += frame->bytes;
  }
  return so_far;
}

}  // namespace

TEST_CASE("a length below four is refused as soon as it is read") {
  for (const auto& head : {"Q\0\0\0\0"s, "Q\0\0\0\3"s, "Q\xff\xff\xff\xff"s, "Q\x80\0\0\0"s}) {
    Framer framer{FrameLimits{}};
    feed(framer, head.substr(0, 4));
    CHECK_FALSE(framer.next());
    feed(framer, head.substr(4));
    CHECK_THROWS_AS(framer.next(), ProtocolViolation);
  }
}

TEST_CASE("the limit counts the whole message and is held against the head alone") {
  const FrameLimits limits{.message = 15, .gathered = 8};
  Framer at_limit{limits};
  feed(at_limit, message('Q', "0123456789"));
  REQUIRE(at_limit.next());
  Framer above{limits};
  feed(above, message('Q', "0123456789a").substr(0, 5));
  CHECK_THROWS_AS(above.next(), ProtocolViolation);
  Framer huge{FrameLimits{}};
  feed(huge, "D\x7f\xff\xff\xff"s);
  CHECK_THROWS_AS(huge.next(), ProtocolViolation);
}

TEST_CASE("a long message of a streamed type comes in pieces, others are gathered") {
  const FrameLimits limits{.gathered = 8, .streamed = "D"};
  const auto row = message('D', "0123456789");
  Framer framer{limits};
  feed(framer, row.substr(0, 7));
  auto piece = framer.next();
  REQUIRE(piece);
  CHECK(piece->begins);
  CHECK_FALSE(piece->ends);
  CHECK(piece->bytes == row.substr(0, 7));
  CHECK_FALSE(framer.next());
  feed(framer, row.substr(7, 3));
  piece = framer.next();
  REQUIRE(piece);
  CHECK(piece->type == 'D');
  CHECK_FALSE(piece->begins);
  CHECK_FALSE(piece->ends);
  CHECK(piece->bytes == row.substr(7, 3));
  feed(framer, row.substr(10) + message('Z', "I"));
  piece = framer.next();
  REQUIRE(piece);
  CHECK(piece->ends);
  CHECK(piece->bytes == row.substr(10));
  const auto next = framer.next();
  REQUIRE(next);
  CHECK(next->whole());
  CHECK(next->body() == "I");

  Framer gathers{limits};
  feed(gathers, message('T', "0123456789").substr(0, 12));
  CHECK_FALSE(gathers.next());
  Framer arrived{limits};  // no sense in cutting what is already here
  feed(arrived, row);
  CHECK(arrived.next()->whole());
}

TEST_CASE("however a stream is chopped, the messages are the same") {
  const FrameLimits limits{.gathered = 64, .streamed = "Dd"};
  std::mt19937 random(7);
  std::string stream;
  std::vector<std::string> expected;
  for (int i = 0; i < 200; ++i) {
    const std::string types = "DdCZT1";
    expected.push_back(message(types[random() % types.size()],
                               std::string(random() % 300, static_cast<char>('a' + i % 26))));
    stream += expected.back();
  }
  for (int round = 0; round < 50; ++round) {
    Framer framer{limits};
    std::vector<std::string> got;
    for (std::size_t at = 0; at < stream.size();) {
      const auto size = std::min(stream.size() - at, std::size_t{1} + random() % 400);
      feed(framer, std::string_view(stream).substr(at, size));
      at += size;
      got = messages(framer, std::move(got));
    }
    CHECK(got == expected);
    CHECK(framer.pending() == 0);
  }
}

TEST_CASE("one large message does not keep its memory for ever") {
  Framer framer{FrameLimits{.gathered = 8192}};
  feed(framer, message('Q', std::string(std::size_t{1} << 20, 'x')));
  REQUIRE(framer.next());
  CHECK(framer.space().size() < 64 * 1024);
}

TEST_CASE("a buffer is given back once nothing is pending, and one that is lent is used") {
  Framer framer{FrameLimits{}};
  const auto query = message('Q', "SELECT 1");
  feed(framer, query.substr(0, 7));
  CHECK_FALSE(framer.give_back().bytes);
  feed(framer, query.substr(7));
  CHECK(framer.next()->bytes == query);
  auto buffer = framer.give_back();
  REQUIRE(buffer.bytes);
  CHECK_FALSE(framer.next());
  Framer other{FrameLimits{}};
  const auto* const bytes = buffer.bytes.get();
  other.lend(std::move(buffer));
  CHECK(other.space().data() == bytes);
  feed(other, query);
  other.lend({std::make_unique<char[]>(8192), 8192});
  CHECK(other.next()->bytes == query);
}

TEST_CASE("limits hold from when they are set, for what is half read too") {
  Framer framer{FrameLimits{.message = 100}};
  const auto query = message('Q', std::string(50, 'x'));
  feed(framer, query + query + query);
  REQUIRE(framer.next());
  const auto before = framer.limit({.message = 20});
  CHECK(before.message == 100);
  CHECK_THROWS_AS(framer.next(), ProtocolViolation);
  CHECK(framer.limit(before).message == 20);
  REQUIRE(framer.next());
  CHECK(framer.next()->bytes == query);
}
