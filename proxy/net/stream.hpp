// One connected byte stream, TCP or TLS behind the same verbs, so nothing above knows which of the
// two it is: the only type through which the proxy reads and writes. Knows no protocol. One read
// and one write may be outstanding; whoever starts an operation keeps the stream, where it is, and
// the bytes until its handler has run, which is never within the call. Belongs to one thread. Plain
// TCP pays one test of a pointer for TLS.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "proxy/net/socket.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/net/tls_operation.hpp"

namespace occam::net {

class Stream {
 public:
  // Takes a connected socket and sets it up for short messages (TCP_NODELAY, keep-alive).
  explicit Stream(Socket socket);

  // From here on everything is TLS; nothing else may be outstanding. `role` is a TlsServer or a
  // TlsClient. handler(std::optional<TlsFailure>): nothing if the handshake is done, else close.
  template <class Role, class Handler>
  void encrypt(const Role& role, Handler handler) {
    tls_ = role.session(socket_.native_handle());
    attempt(Tls::Step::done, TlsHandshake{},
            [this, handler = std::move(handler)](Error error, std::size_t) mutable {
              handler(tls_failure(error));
            });
  }
  bool encrypted() const { return tls_ != nullptr; }
  // Nothing on plain TCP.
  std::optional<TlsAgreement> agreement() const;
  // The protocol that the two sides agreed on in the handshake (ALPN); empty: none.
  std::string_view protocol() const { return tls_ ? tls_->protocol() : std::string_view(); }

  // handler(Error, count): some bytes, or the error; the end of the stream is asio::error::eof.
  template <class Handler>
  void read_some(std::span<char> room, Handler&& handler) {
    if (tls_) return read_tls(TlsRead{room}, std::forward<Handler>(handler));
    socket_.async_read_some(asio::buffer(room.data(), room.size()), std::forward<Handler>(handler));
  }
  // As read_some, into what reader.room() gives once there is something to read: who waits needs
  // none. reader(Error, count) is called as a handler is.
  template <class Reader>
  void read_when_ready(Reader reader) {
    if (tls_) {
      TlsReadInto<Reader> into{reader};
      return read_tls(std::move(into), std::move(reader));
    }
    socket_.async_wait(Socket::wait_read, [this, reader = std::move(reader)](Error error) mutable {
      const auto count = error ? 0 : read_now(reader.room(), error);
      if (error == asio::error::would_block) return read_when_ready(std::move(reader));
      reader(error, count);
    });
  }
  // handler(Error, count): the next bytes as they came, which stay unread. Before TLS only.
  template <class Handler>
  void peek(std::span<char> room, Handler&& handler) {
    socket_.async_receive(asio::buffer(room.data(), room.size()), asio::socket_base::message_peek,
                          std::forward<Handler>(handler));
  }
  // As read_some, for what nobody wants to know: TLS or not, bytes as they lie on the wire.
  template <class Handler>
  void discard_some(std::span<char> room, Handler&& handler) {
    socket_.async_read_some(asio::buffer(room.data(), room.size()), std::forward<Handler>(handler));
  }
  // What can be written without waiting, from the front; 0 if nothing can. The rest must be the
  // beginning of the next write.
  std::size_t write_now(std::string_view bytes, Error& error);
  // handler(Error, count) once everything is written, or failed.
  template <class Handler>
  void write(std::string_view bytes, Handler&& handler) {
    if (tls_)
      return attempt(Tls::Step::wants_write, TlsWrite{bytes}, std::forward<Handler>(handler));
    asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()),
                      std::forward<Handler>(handler));
  }

  // The peer has closed its side, or is gone, though what it sent before may not be read yet.
  bool ended_by_peer();
  // The peer reads the end of the stream after what was written.
  void end_writing();
  // Outstanding operations end with asio::error::operation_aborted. Twice is harmless.
  void close();

  Executor executor() { return socket_.get_executor(); }
  // As host:port, for the log.
  std::string peer_name() const;
  const asio::ip::tcp::endpoint& peer() const { return peer_; }

 private:
  template <class Read, class Handler>
  void read_tls(Read read, Handler handler) {
    const auto last = tls_->may_read_now() ? Tls::Step::done : Tls::Step::wants_read;
    attempt(last, std::move(read), std::move(handler));
  }
  std::size_t read_now(std::span<char> room, Error& error) {
    return socket_.read_some(asio::buffer(room.data(), room.size()), error);
  }
  template <class Attempt, class Done>
  void attempt(Tls::Step last, Attempt attempt, Done done) {
    TlsOperation(socket_, tls_, std::move(attempt), std::move(done)).after(last);
  }
  std::optional<TlsFailure> tls_failure(Error error) const;

  Socket socket_;
  asio::ip::tcp::endpoint peer_;  // the system forgets it once both sides have ended
  std::unique_ptr<Tls> tls_;      // null: plain TCP, or closed
};

// host:port, with brackets around a v6 address.
std::string endpoint_name(const asio::ip::tcp::endpoint& endpoint);

}  // namespace occam::net
