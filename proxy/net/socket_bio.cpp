#include "proxy/net/socket_bio.hpp"

#include <cerrno>
#include <new>

#include <openssl/bio.h>
#include <sys/socket.h>

namespace occam::net {
namespace {

int send_quietly(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent = ::send(static_cast<int>(BIO_get_fd(bio, nullptr)), bytes,
                           static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent <= 0 && BIO_sock_should_retry(static_cast<int>(sent)) != 0) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

// Made once and never freed: streams may outlive whatever would free it.
const BIO_METHOD* quiet_socket() {
  static BIO_METHOD* const method = [] {
    const BIO_METHOD* socket = BIO_s_socket();
    BIO_METHOD* made = BIO_meth_new(BIO_TYPE_SOCKET, "socket");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_write(made, send_quietly);
    BIO_meth_set_read(made, BIO_meth_get_read(socket));
    BIO_meth_set_ctrl(made, BIO_meth_get_ctrl(socket));
    BIO_meth_set_create(made, BIO_meth_get_create(socket));
    BIO_meth_set_destroy(made, BIO_meth_get_destroy(socket));
    return made;
  }();
  return method;
}

}  // namespace

bio_st* new_socket_bio(int descriptor) {
  BIO* bio = BIO_new(quiet_socket());
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_fd(bio, descriptor, BIO_NOCLOSE);
  return bio;
}

}  // namespace occam::net
