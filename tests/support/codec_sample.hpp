// What holds for every message of a codec, checked on one sample: its decoder takes the body,
// refuses every strict prefix of it and one byte too many; the framer finds it whole, asks for more
// at every strict prefix, and finds the same fed byte by byte. Knows no message.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "proxy/wire/frame.hpp"

namespace occam::wire::test {

using namespace std::string_literals;

struct CodecSample {
  std::string name;
  char type;
  std::string body;
  std::function<void(std::string_view)> decode;
  std::function<void(std::string&)> append;  // empty where the proxy never writes it
};

inline std::string message(char type, std::string_view body) {
  std::string out;
  {
    const Message head(out, type);
    out += body;
  }
  return out;
}

inline void feed(Framer& framer, std::string_view bytes) {
  const auto space = framer.space(bytes.size());
  bytes.copy(space.data(), bytes.size());
  framer.filled(bytes.size());
}

inline void check(const CodecSample& sample) {
  CAPTURE(sample.name);
  CHECK_NOTHROW(sample.decode(sample.body));
  for (std::size_t length = 0; length < sample.body.size(); ++length) {
    CAPTURE(length);
    CHECK_THROWS_AS(sample.decode(std::string_view(sample.body).substr(0, length)),
                    ProtocolViolation);
  }
  CHECK_THROWS_AS(sample.decode(sample.body + '\0'), ProtocolViolation);
  CHECK_THROWS_AS(sample.decode(sample.body + 'x'), ProtocolViolation);

  const auto bytes = message(sample.type, sample.body);
  if (sample.append) {
    std::string appended = "before";
    sample.append(appended);
    CHECK(appended == "before" + bytes);
  }
  Framer whole{FrameLimits{}};
  feed(whole, bytes + "x");
  const auto frame = whole.next();
  REQUIRE(frame);
  CHECK(frame->whole());
  CHECK(frame->type == sample.type);
  CHECK(frame->bytes == bytes);
  CHECK(frame->body() == sample.body);
  CHECK(whole.pending() == 1);

  Framer piecemeal{FrameLimits{}};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CHECK_FALSE(piecemeal.next());
    feed(piecemeal, std::string_view(bytes).substr(i, 1));
  }
  const auto same = piecemeal.next();
  REQUIRE(same);
  CHECK(same->bytes == bytes);
  CHECK(piecemeal.pending() == 0);
}

}  // namespace occam::wire::test
