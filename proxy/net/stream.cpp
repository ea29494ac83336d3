#include "proxy/net/stream.hpp"

#include <poll.h>

namespace occam::net {

Stream::Stream(Socket socket) : socket_(std::move(socket)) {
  // A peer that vanished just now is met by the first read; nothing to say about it here.
  Error ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  socket_.non_blocking(true, ignored);
}

std::size_t Stream::write_now(std::string_view bytes, Error& error) {
  const auto count = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
  if (error != asio::error::would_block) return count;
  error.clear();
  return 0;
}

bool Stream::ended_by_peer() {
  pollfd look{socket_.native_handle(), POLLRDHUP, 0};
  return ::poll(&look, 1, 0) > 0;
}

void Stream::end_writing() {
  Error ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::close() {
  Error ignored;
  socket_.close(ignored);
}

asio::ip::tcp::endpoint Stream::peer() const {
  Error ignored;
  return socket_.remote_endpoint(ignored);
}

std::string Stream::peer_name() const { return endpoint_name(peer()); }

std::string endpoint_name(const asio::ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  const auto host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  return host + ":" + std::to_string(endpoint.port());
}

}  // namespace occam::net
