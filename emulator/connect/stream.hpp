// A client's byte stream, blocking: plain TCP until start_tls(), TLS from then on; who reads and
// writes does not care. Used by one thread, but for shutdown(), which ends it from any. Owns the
// socket. Knows no protocol.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/connect/certificate.hpp"
#include "emulator/connect/socket.hpp"

struct ssl_st;

namespace emulator {

class Stream {
 public:
  explicit Stream(Socket socket) : socket_(std::move(socket)) {}

  // The first byte that is to come, which stays where it is; nothing at the end. Plain TCP only.
  std::optional<char> peek() const;
  // The handshake, in the server's role. Nothing may have been read that belongs to it. Throws
  // Lost; the stream is then of no more use.
  void start_tls(const Certificate& certificate);
  bool encrypted() const { return tls_ != nullptr; }
  // What the client named as its server (SNI); empty: nothing.
  std::string server_name() const;
  // ALPN has settled on "postgresql".
  bool agreed_on_protocol() const;

  // Returns 0 at the end of the stream.
  std::size_t read(std::span<char> space);
  void write(std::string_view bytes);
  // Waits; ends early when the connection does.
  void pause(std::chrono::milliseconds time) const;
  // TLS's goodbye, for an end that is meant.
  void finish();
  // Ends reads and writes, now and from now on, without a word.
  void shutdown() const { socket_.shutdown(); }

 private:
  struct Free {
    void operator()(ssl_st* tls) const;
  };
  Socket socket_;
  std::unique_ptr<ssl_st, Free> tls_;
};

}  // namespace emulator
