// A TCP socket, blocking. Owns the descriptor. Knows no protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace emulator {

// The peer went away or cannot be reached; unwinds to the session's single catch.
class Lost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Address {
  std::string host;  // a name, a number, or a folder that holds PostgreSQL's own sockets
  std::uint16_t port = 0;
};

class Socket {
 public:
  explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
  ~Socket();
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept;

  static Socket connect(const Address& address);
  static Socket connect_locally(const Address& address);
  static Socket listen(const Address& address);
  // Nothing if the listening socket was shut down.
  Socket accept() const;
  std::uint16_t port() const;

  // Returns 0 at the end of the stream.
  std::size_t read(std::span<char> space) const;
  void write(std::string_view bytes) const;
  // Writes as much as is taken now, or waits until something can be read. A peer that answers
  // while it is still being written to can never block both sides. Returns the bytes written.
  std::size_t write_or_wait(std::string_view bytes) const;
  // Ends reads and writes of another thread on this socket.
  void shutdown() const;

  int descriptor() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

}  // namespace emulator
