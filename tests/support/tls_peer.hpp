// What the tests of TLS stand on: two connected sockets, certificates, and OpenSSL's own blocking
// calls as the peer, so that Occam's side never judges itself.
#pragma once

#include <csignal>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proxy/net/socket.hpp"

#include "tests/support/certificates.hpp"

namespace occam::test {

struct Certificates {
  Folder folder;
  Authority authority{folder, "test-ca"};
  Authority stranger{folder, "strange-ca"};
  PemFiles server = authority.sign("server", "DNS:db.example,DNS:*.wild.example,IP:127.0.0.1");
  PemFiles expired = authority.sign("expired", "DNS:db.example", -1);
  PemFiles guest = authority.sign("guest", "DNS:guest.example");
  PemFiles intruder = stranger.sign("intruder", "DNS:intruder.example");
};

inline const Certificates& certificates() {
  static const Certificates made;
  return made;
}

// A thread for the other side. OpenSSL's own way of writing raises SIGPIPE where we are gone; only
// here that is no harm.
template <class Work>
std::thread beside(Work work) {
  return std::thread([work = std::move(work)]() mutable {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    work();
  });
}

// The other side: OpenSSL over a blocking descriptor, as any peer has it.
class Far {
 public:
  Far(int descriptor, const SSL_METHOD* method)
      : descriptor_(descriptor), settings_(SSL_CTX_new(method), SSL_CTX_free) {}
  Far(const Far&) = delete;
  ~Far() {
    session_.reset();
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  SSL_CTX* settings() { return settings_.get(); }
  void show(const PemFiles& files) {
    SSL_CTX_use_certificate_chain_file(settings(), files.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(settings(), files.key.c_str(), SSL_FILETYPE_PEM);
  }
  SSL* session() {
    if (!session_) {
      session_.reset(SSL_new(settings()));
      SSL_set_fd(session_.get(), descriptor_);
    }
    return session_.get();
  }
  bool accept() { return SSL_accept(session()) == 1; }
  bool connect() { return SSL_connect(session()) == 1; }
  void write(std::string_view bytes) {
    std::size_t count = 0;
    SSL_write_ex(session(), bytes.data(), bytes.size(), &count);
  }
  // As many bytes, or up to the end.
  std::string read(std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    std::size_t count = 0;
    while (have < size && SSL_read_ex(session(), bytes.data() + have, size - have, &count) == 1)
      have += count;
    bytes.resize(have);
    return bytes;
  }
  int end_of_read() {
    char byte = 0;
    std::size_t count = 0;
    return SSL_get_error(session(), SSL_read_ex(session(), &byte, 1, &count));
  }
  int descriptor() const { return descriptor_; }
  void close() { ::close(std::exchange(descriptor_, -1)); }

 private:
  int descriptor_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> settings_;
  std::unique_ptr<SSL, decltype(&SSL_free)> session_{nullptr, SSL_free};
};

struct Pair {
  net::asio::io_context io;
  net::Socket near{io.get_executor()};
  net::Socket far{io.get_executor()};

  Pair() {
    net::asio::ip::tcp::acceptor acceptor(io, {net::asio::ip::make_address("127.0.0.1"), 0});
    far.connect(acceptor.local_endpoint());
    acceptor.accept(near);
  }
};

}  // namespace occam::test
