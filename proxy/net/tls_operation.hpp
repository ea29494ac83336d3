// Reading, writing and the handshake of a TLS session as the socket becomes ready for them. For
// Stream alone, which keeps socket and session where they are until `done` was called. No thread
// and no memory of its own: what waits lies in Asio's, which is used again.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include <boost/asio/post.hpp>

#include "proxy/net/socket.hpp"
#include "proxy/net/tls.hpp"

namespace occam::net {

struct TlsHandshake {
  Tls::Step operator()(Tls& tls) { return tls.shake_hands(); }
  std::size_t count = 0;
};

struct TlsRead {
  Tls::Step operator()(Tls& tls) { return tls.read(room, count); }
  std::span<char> room;
  std::size_t count = 0;
};

// Asks for the room when it attempts.
template <class Reader>
struct TlsReadInto {
  Tls::Step operator()(Tls& tls) { return tls.read(reader.room(), count); }
  Reader reader;
  std::size_t count = 0;
};

struct TlsWrite {
  Tls::Step operator()(Tls& tls) { return tls.write(bytes, count); }
  std::string_view bytes;
  std::size_t count = 0;
};

// done(Error, count), never from within after().
template <class Attempt, class Done>
class TlsOperation {
 public:
  TlsOperation(Socket& socket, std::unique_ptr<Tls>& tls, Attempt attempt, Done done)
      : socket_(&socket), tls_(&tls), attempt_(std::move(attempt)), done_(std::move(done)) {}

  // Attempts once the socket is ready for what the last attempt wanted; else in the next turn.
  void after(Tls::Step last) {
    auto& socket = *socket_;
    if (last == Tls::Step::wants_read)
      socket.async_wait(Socket::wait_read, std::move(*this));
    else if (last == Tls::Step::wants_write)
      socket.async_wait(Socket::wait_write, std::move(*this));
    else
      asio::post(socket.get_executor(), std::move(*this));
  }

  void operator()(Error error = {}) {
    if (!error && !*tls_) error = asio::error::operation_aborted;  // closed when it was ready
    if (error) return done_(error, attempt_.count);
    const auto step = attempt_(**tls_);
    if (step == Tls::Step::wants_read || step == Tls::Step::wants_write) return after(step);
    done_((*tls_)->error_of(step), attempt_.count);
  }

 private:
  Socket* socket_;
  std::unique_ptr<Tls>* tls_;  // null inside: the stream was closed
  Attempt attempt_;
  Done done_;
};

}  // namespace occam::net
