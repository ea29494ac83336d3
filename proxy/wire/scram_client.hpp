// SCRAM-SHA-256 in the client's role: three texts out of two. No channel binding. Knows never the
// messages that carry them. The nonce is a parameter, so that the known answer of RFC 7677 §3 is a
// test. Owns its texts; keeps no password.
#pragma once

#include <string>
#include <string_view>

#include "proxy/wire/scram.hpp"

namespace occam::wire {

class ScramClient {
 public:
  // PostgreSQL ignores the user's name here and libpq sends an empty one. The nonce is printable
  // ASCII without commas, never empty; fresh and unforeseeable for every login.
  ScramClient(std::string_view user, std::string_view nonce);

  // First: the client-first-message.
  std::string client_first() const;
  // Second: the client-final-message. Refuses a nonce that does not begin with ours, a salt that is
  // no base64 and iteration counts outside [4096, 1,000,000]: below, a forged server could guess
  // the password cheaply (RFC 7677 §4); above, it could keep this thread busy.
  std::string client_final(std::string_view password, std::string_view server_first);
  // Third: throws unless the server proves that it knew the password too.
  void verify(std::string_view server_final) const;

 private:
  std::string nonce_;
  std::string client_first_bare_;
  scram::Key server_signature_;
  bool answered_ = false;
};

}  // namespace occam::wire
