#include "proxy/net/stream.hpp"

#include <poll.h>

namespace occam::net {

Stream::Stream(Socket socket) : socket_(std::move(socket)) {
  // A peer that vanished just now is met by the first read; nothing to say about it here.
  Error ignored;
  peer_ = socket_.remote_endpoint(ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  socket_.non_blocking(true, ignored);
}

std::size_t Stream::write_now(std::string_view bytes, Error& error) {
  if (tls_) {
    std::size_t count = 0;
    error = tls_->error_of(tls_->write(bytes, count));
    return count;
  }
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
  if (tls_) tls_->say_goodbye();
  Error ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

std::optional<TlsAgreement> Stream::agreement() const {
  return tls_ ? std::optional(tls_->agreement()) : std::nullopt;
}

// Without a socket there is no TLS either: its descriptor may be another's soon.
void Stream::close() {
  tls_.reset();
  Error ignored;
  socket_.close(ignored);
}

std::optional<TlsFailure> Stream::tls_failure(Error error) const {
  if (!error) return std::nullopt;
  if (error == asio::error::operation_aborted || !tls_)
    return TlsFailure{TlsFailure::Kind::ended, error.message()};
  return tls_->failure();
}

std::string Stream::peer_name() const { return endpoint_name(peer_); }

std::string endpoint_name(const asio::ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  const auto host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  return host + ":" + std::to_string(endpoint.port());
}

}  // namespace occam::net
