#include "proxy/net/tls.hpp"

#include <cerrno>
#include <new>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "proxy/net/certificate.hpp"
#include "proxy/net/socket_bio.hpp"

namespace occam::net {

namespace asio = boost::asio;

void Tls::Free::operator()(ssl_st* session) const { SSL_free(session); }

Tls::Tls(ssl_ctx_st& settings, int descriptor) : session_(SSL_new(&settings)) {
  if (!session_) throw std::bad_alloc();
  BIO* socket = new_socket_bio(descriptor);
  SSL_set_bio(session_.get(), socket, socket);
  SSL_set_app_data(session_.get(), this);
}

Tls::Step Tls::shake_hands() {
  ERR_clear_error();
  const int result = SSL_do_handshake(session_.get());
  return result == 1 ? Step::done : outcome(result);
}

Tls::Step Tls::read(std::span<char> room, std::size_t& count) {
  if (error_) return Step::failed;
  const auto before = count;
  do {
    std::size_t got = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(session_.get(), room.data() + count, room.size() - count, &got);
    if (result != 1) {
      const auto step = outcome(result);
      return count > before ? Step::done : step;  // an end is met again by the next read
    }
    count += got;
  } while (count < room.size() && SSL_has_pending(session_.get()) == 1);
  return Step::done;
}

Tls::Step Tls::write(std::string_view bytes, std::size_t& count) {
  if (error_) return Step::failed;
  while (count < bytes.size()) {
    std::size_t written = 0;
    ERR_clear_error();
    const int result =
        SSL_write_ex(session_.get(), bytes.data() + count, bytes.size() - count, &written);
    if (result != 1) return outcome(result);
    count += written;
  }
  return Step::done;
}

void Tls::say_goodbye() {
  if (error_ || SSL_is_init_finished(session_.get()) != 1) return;
  ERR_clear_error();
  SSL_shutdown(session_.get());
}

bool Tls::may_read_now() const { return ended_ || error_ || SSL_has_pending(session_.get()) == 1; }

std::string_view Tls::protocol() const {
  const unsigned char* name = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(session_.get(), &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

TlsAgreement Tls::agreement() const {
  auto* session = session_.get();
  const auto* shown = SSL_get0_peer_certificate(session);
  return {SSL_get_version(session), SSL_get_cipher_name(session), std::string(protocol()),
          shown != nullptr ? issuer(*shown) : ""};
}

TlsFailure Tls::failure() const {
  if (!objection_.reason.empty()) return objection_;
  if (code_ != 0) return explain_tls(code_);
  if (error_) return {TlsFailure::Kind::ended, error_.message()};
  return {TlsFailure::Kind::ended, "it closed the connection during the TLS handshake"};
}

boost::system::error_code Tls::error_of(Step step) const {
  switch (step) {
    case Step::done:
    case Step::wants_read:
    case Step::wants_write:
      return {};
    case Step::ended:
      return asio::error::eof;
    case Step::failed:
      return error_;
  }
  return error_;
}

Tls::Step Tls::outcome(int result) {
  const int system_error = errno;
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Step::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return Step::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      ended_ = true;
      return Step::ended;
    case SSL_ERROR_SYSCALL:
      error_ = {system_error != 0 ? system_error : ECONNRESET, boost::system::system_category()};
      return Step::failed;
    default:
      code_ = ERR_peek_last_error();
      error_ = {static_cast<int>(code_), asio::error::get_ssl_category()};
      return Step::failed;
  }
}

}  // namespace occam::net
