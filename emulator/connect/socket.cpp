#include "emulator/connect/socket.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace emulator {
namespace {

[[noreturn]] void lose(const std::string& what) { throw Lost(what + ": " + std::strerror(errno)); }

std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> resolve(const Address& address, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const auto port = std::to_string(address.port);
  if (const int error = getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found))
    throw Lost("no address for " + address.host + ": " + gai_strerror(error));
  return {found, &freeaddrinfo};
}

void send_at_once(int descriptor) {
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

// As libpq names it: a folder in place of a host, and in it the port's socket.
Socket Socket::connect_locally(const Address& address) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  const auto path = address.host + "/.s.PGSQL." + std::to_string(address.port);
  if (path.size() >= sizeof local.sun_path) throw Lost("too long for a socket: " + path);
  path.copy(local.sun_path, path.size());
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.descriptor_, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0)
    lose("cannot connect to " + path);
  return socket;
}

Socket Socket::connect(const Address& address) {
  if (address.host.starts_with('/')) return connect_locally(address);
  const auto found = resolve(address, 0);
  for (const auto* at = found.get(); at; at = at->ai_next) {
    Socket socket(::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol));
    if (::connect(socket.descriptor_, at->ai_addr, at->ai_addrlen) == 0) {
      send_at_once(socket.descriptor_);
      return socket;
    }
  }
  lose("cannot connect to " + address.host + ":" + std::to_string(address.port));
}

Socket Socket::listen(const Address& address) {
  const auto found = resolve(address, AI_PASSIVE);
  Socket socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, found->ai_protocol));
  const int on = 1;
  setsockopt(socket.descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.descriptor_, found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(socket.descriptor_, SOMAXCONN) != 0)
    lose("cannot listen on " + address.host + ":" + std::to_string(address.port));
  return socket;
}

Socket Socket::accept() const {
  while (true) {
    const int descriptor = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor >= 0) {
      send_at_once(descriptor);
      return Socket(descriptor);
    }
    if (errno != EINTR && errno != ECONNABORTED) return Socket();
  }
}

std::uint16_t Socket::port() const {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  getsockname(descriptor_, reinterpret_cast<sockaddr*>(&bound), &length);
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(bound).sin_port);
}

std::size_t Socket::read(std::span<char> space) const {
  while (true) {
    const auto count = ::recv(descriptor_, space.data(), space.size(), 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) lose("cannot read");
  }
}

void Socket::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno != EINTR) lose("cannot write");
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::size_t Socket::write_or_wait(std::string_view bytes) const {
  while (true) {
    const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EAGAIN && errno != EINTR) lose("cannot write");
    pollfd ready{descriptor_, POLLIN | POLLOUT, 0};
    if (::poll(&ready, 1, -1) > 0 && (ready.revents & (POLLIN | POLLHUP | POLLERR))) return 0;
  }
}

void Socket::shutdown() const {
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace emulator
