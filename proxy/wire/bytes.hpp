// Reading and appending PostgreSQL's primitive wire types (network byte order).
// Knows nothing of messages. Readers never own memory; what they return lives as long as the input.
// Source: PostgreSQL manual, "Message Data Types".
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace occam::wire {

// The peer broke the protocol. Unwinds to the session's single catch, which answers and closes.
class ProtocolViolation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Walks over one message body; throws ProtocolViolation as soon as the body is too short.
class Reader {
 public:
  explicit Reader(std::string_view body) : rest_(body) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(take(1)[0]); }
  std::int16_t i16() {
    const auto b = take(2);
    return static_cast<std::int16_t>((byte(b[0]) << 8) | byte(b[1]));
  }
  std::int32_t i32() {
    const auto b = take(4);
    return static_cast<std::int32_t>((byte(b[0]) << 24) | (byte(b[1]) << 16) | (byte(b[2]) << 8) |
                                     byte(b[3]));
  }
  // A zero-terminated string, without its terminator.
  std::string_view cstring() {
    const auto end = rest_.find('\0');
    if (end == std::string_view::npos) throw ProtocolViolation("string without terminator");
    const auto text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }
  std::string_view take(std::size_t n) {
    if (n > rest_.size()) throw ProtocolViolation("message too short");
    const auto bytes = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return bytes;
  }
  std::string_view rest() const { return rest_; }
  bool at_end() const { return rest_.empty(); }
  // Call after the last field: a longer body is as wrong as a shorter one.
  void expect_end() const {
    if (!rest_.empty()) throw ProtocolViolation("message too long");
  }

 private:
  static std::uint32_t byte(char c) { return static_cast<std::uint8_t>(c); }
  std::string_view rest_;
};

inline void append_i16(std::string& out, std::int16_t value) {
  const auto v = static_cast<std::uint16_t>(value);
  out.push_back(static_cast<char>(v >> 8));
  out.push_back(static_cast<char>(v));
}
inline void append_i32(std::string& out, std::int32_t value) {
  const auto v = static_cast<std::uint32_t>(value);
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(v >> shift));
}
inline void append_cstring(std::string& out, std::string_view text) {
  out.append(text);
  out.push_back('\0');
}

// Writes a message head and patches its length when it goes out of scope:
//   { Message m(out, 'Q'); append_cstring(out, sql); }
class Message {
 public:
  Message(std::string& out, char type) : out_(out) {
    out_.push_back(type);
    start_ = out_.size();
    append_i32(out_, 0);
  }
  // A message without a type byte: StartupMessage, SSLRequest, GSSENCRequest, CancelRequest.
  explicit Message(std::string& out) : out_(out), start_(out.size()) { append_i32(out_, 0); }
  ~Message() {
    const auto length = static_cast<std::uint32_t>(out_.size() - start_);
    for (std::size_t i = 0; i < 4; ++i)
      out_[start_ + i] = static_cast<char>(length >> (24 - 8 * i));
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

 private:
  std::string& out_;
  std::size_t start_ = 0;
};

}  // namespace occam::wire
