// One connected byte stream, TCP today: the only type through which the proxy reads and writes.
// TLS joins here, behind the same four verbs, so nothing above knows which of the two it is.
// Knows no protocol. One read and one write may be outstanding; whoever starts an operation keeps
// the stream and the bytes alive until its handler has run. Belongs to one thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

namespace occam::net {

namespace asio = boost::asio;
using Error = boost::system::error_code;
// The concrete executor: the type-erased one costs an indirection and a copy per operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

class Stream {
 public:
  // Takes a connected socket and sets it up for short messages (TCP_NODELAY, keep-alive).
  explicit Stream(Socket socket);

  // handler(Error, count): some bytes, or the error; the end of the stream is asio::error::eof.
  template <class Handler>
  void read_some(std::span<char> room, Handler&& handler) {
    socket_.async_read_some(asio::buffer(room.data(), room.size()), std::forward<Handler>(handler));
  }
  // What can be written without waiting, from the front; 0 if nothing can.
  std::size_t write_now(std::string_view bytes, Error& error);
  // handler(Error, count) once everything is written, or failed.
  template <class Handler>
  void write(std::string_view bytes, Handler&& handler) {
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
  asio::ip::tcp::endpoint peer() const;

 private:
  Socket socket_;
};

// host:port, with brackets around a v6 address.
std::string endpoint_name(const asio::ip::tcp::endpoint& endpoint);

}  // namespace occam::net
