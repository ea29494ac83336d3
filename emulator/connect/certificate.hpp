// The server's certificate and key, and with what TLS it is offered: 1.2 or newer, ALPN
// "postgresql" (facts/dsql.md §4). Read once, shared by all sessions, never changed.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

struct ssl_ctx_st;

namespace emulator {

// A certificate or key that cannot be used; one line that names the file.
class BadCertificate : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Certificate {
 public:
  // PEM files; the certificate's chain may follow it. Throws BadCertificate.
  Certificate(const std::string& chain_file, const std::string& key_file);

  ssl_ctx_st* settings() const { return settings_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* settings) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> settings_;
};

}  // namespace emulator
