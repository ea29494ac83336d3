// Cuts a byte stream into protocol frames: one type byte, four length bytes, a body.
// Knows no message; works for both directions after the startup phase. Sans I/O: the shell reads
// into space() and reports filled(); next() hands out views into the same buffer.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "proxy/wire/bytes.hpp"

namespace occam::wire {

// type (1) + length (4); the length counts itself and the body, not the type.
inline constexpr std::size_t header_bytes = 5;

// One message, or one piece of a message too large to be gathered.
struct Frame {
  char type = 0;
  std::string_view bytes;  // from the type byte on if begins, else the next bytes of the body
  bool begins = true;
  bool ends = true;

  bool whole() const { return begins && ends; }
  // Only for whole frames.
  std::string_view body() const { return bytes.substr(header_bytes); }
};

struct FrameLimits {
  // Longest message accepted, header included; a longer one is a ProtocolViolation.
  std::size_t message = std::size_t{1} << 30;
  // Messages of the types in `streamed` that are longer than this are handed out in pieces, so a
  // 1 GB DataRow never sits in memory. Everything else is gathered whole.
  std::size_t gathered = std::size_t{256} * 1024;
  std::string_view streamed = "";
};

class Framer {
 public:
  // Memory for space().
  struct Buffer {
    std::unique_ptr<char[]> bytes;
    std::size_t capacity = 0;
  };

  explicit Framer(FrameLimits limits);

  // Room for the next read; at least `wanted` bytes. Invalidates every Frame handed out before.
  std::span<char> space(std::size_t wanted = 4096);
  // How many bytes of space() were filled.
  void filled(std::size_t count);
  // The next frame, or nothing until more bytes come. Throws ProtocolViolation for a length below 4
  // or above the limit; after that the stream is lost and must be closed.
  std::optional<Frame> next();
  // For what is handed out from now on; gives back the limits that held before.
  FrameLimits limit(FrameLimits limits) { return std::exchange(limits_, limits); }
  // A buffer that somebody has to spare; space() makes one if there is none. With pending bytes
  // there is one already, and this one is not taken.
  void lend(Buffer buffer);
  // The buffer, which need not be kept while nothing is pending; then the Frames handed out before
  // are invalid. Nothing if bytes are pending.
  Buffer give_back();
  // Bytes received and not yet handed out.
  std::size_t pending() const { return end_ - begin_; }

 private:
  FrameLimits limits_;
  Buffer buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t piece_left_ = 0;  // body bytes still to come of a message handed out in pieces
  char piece_type_ = 0;
};

}  // namespace occam::wire
