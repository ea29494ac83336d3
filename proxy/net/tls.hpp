// One TLS session over a connected, non-blocking descriptor, in either role. It never waits: what
// cannot be done at once is answered with what the descriptor must become ready for; then the same
// call is made again, a write with the same bytes. Knows no protocol above TLS, and of Asio
// nothing. TlsServer and TlsClient make it; the descriptor stays its owner's. Belongs to one
// thread. OpenSSL reads and writes the descriptor itself: buffers between the two would be one more
// copy of every byte, and memory that each idle session keeps.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>

#include "proxy/net/tls_failure.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace occam::net {

// What a handshake came to.
struct TlsAgreement {
  std::string version;  // "TLSv1.3"
  std::string cipher;
  std::string protocol;  // by ALPN; empty: none
  std::string issuer;    // of the peer's certificate; empty: it showed none
};

class Tls {
 public:
  enum class Step { done, wants_read, wants_write, ended, failed };

  Tls(ssl_ctx_st& settings, int descriptor);
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // First, until done. After ended or failed: failure().
  Step shake_hands();
  // Adds to `count` what was read into room behind it: at least one byte if done. The peer's end is
  // ended, with TLS's goodbye or without: libpq is known to leave without.
  Step read(std::span<char> room, std::size_t& count);
  // Adds to `count` what was written of the bytes behind it; done if that is everything.
  Step write(std::string_view bytes, std::size_t& count);
  // Tells the peer that nothing follows, if it can be told at once.
  void say_goodbye();

  // A read has something to say, though the descriptor may never become ready for it.
  bool may_read_now() const;
  // The protocol agreed on (ALPN); empty: none.
  std::string_view protocol() const;
  // Of the handshake.
  TlsAgreement agreement() const;
  TlsFailure failure() const;
  // Nothing, unless the step was ended or failed.
  boost::system::error_code error_of(Step step) const;

  // For TlsServer and TlsClient.
  ssl_st& session() { return *session_; }
  // What there is to say against the peer's certificate, heard while the handshake runs.
  void object(TlsFailure objection) { objection_ = std::move(objection); }

 private:
  struct Free {
    void operator()(ssl_st* session) const;
  };
  Step outcome(int result);

  std::unique_ptr<ssl_st, Free> session_;
  bool ended_ = false;
  boost::system::error_code error_;
  unsigned long code_ = 0;  // of error_, where OpenSSL has one
  TlsFailure objection_;    // no reason: none
};

}  // namespace occam::net
