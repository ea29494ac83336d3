#include "emulator/connect/stream.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <new>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

namespace emulator {
namespace {

// OpenSSL keeps its errors per thread, and a thread serves many clients: each is taken with it.
[[noreturn]] void lose(const std::string& what) {
  const auto error = ERR_peek_last_error();
  ERR_clear_error();
  const char* why = error ? ERR_reason_error_string(error) : nullptr;
  throw Lost(what + ": " + (why ? why : "the connection ended"));
}

// An end without TLS's goodbye is an end: clients are known to forget it.
bool ended(SSL* tls, int result) {
  const int kind = SSL_get_error(tls, result);
  if (kind == SSL_ERROR_ZERO_RETURN) return true;
  const auto error = ERR_peek_error();
  return (kind == SSL_ERROR_SYSCALL && error == 0) ||
         (kind == SSL_ERROR_SSL && ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING);
}

int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

void Stream::Free::operator()(ssl_st* tls) const { SSL_free(tls); }

std::optional<char> Stream::peek() const {
  char first = 0;
  while (true) {
    const auto count = ::recv(socket_.descriptor(), &first, 1, MSG_PEEK);
    if (count > 0) return first;
    if (count == 0 || errno != EINTR) return std::nullopt;
  }
}

void Stream::start_tls(const Certificate& certificate) {
  tls_.reset(SSL_new(certificate.settings()));
  if (!tls_ || SSL_set_fd(tls_.get(), socket_.descriptor()) != 1) throw std::bad_alloc();
  ERR_clear_error();
  if (SSL_accept(tls_.get()) != 1) lose("no TLS");
}

std::string Stream::server_name() const {
  const char* name = tls_ ? SSL_get_servername(tls_.get(), TLSEXT_NAMETYPE_host_name) : nullptr;
  return name ? name : "";
}

bool Stream::agreed_on_protocol() const {
  const unsigned char* name = nullptr;
  unsigned int length = 0;
  if (tls_) SSL_get0_alpn_selected(tls_.get(), &name, &length);
  return length > 0;
}

std::size_t Stream::read(std::span<char> space) {
  if (!tls_) return socket_.read(space);
  ERR_clear_error();
  const int count = SSL_read(tls_.get(), space.data(), clamp(space.size()));
  if (count > 0) return static_cast<std::size_t>(count);
  if (!ended(tls_.get(), count)) lose("cannot read");
  ERR_clear_error();
  return 0;
}

void Stream::write(std::string_view bytes) {
  if (!tls_) return socket_.write(bytes);
  while (!bytes.empty()) {
    ERR_clear_error();
    const int count = SSL_write(tls_.get(), bytes.data(), clamp(bytes.size()));
    if (count <= 0) lose("cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Stream::pause(std::chrono::milliseconds time) const {
  pollfd end{socket_.descriptor(), POLLRDHUP, 0};
  ::poll(&end, 1, clamp(static_cast<std::size_t>(time.count())));
}

void Stream::finish() {
  if (!tls_) return;
  ERR_clear_error();
  SSL_shutdown(tls_.get());
  ERR_clear_error();
}

}  // namespace emulator
