// What both roles of SCRAM-SHA-256 stand on: keys, base64 and the attributes of its texts (RFC 5802
// §3 and §5.1, RFC 7677). Knows neither role, nor the messages that carry the texts, nor where a
// password comes from. Pure.
#pragma once

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace occam::wire {

inline constexpr std::string_view scram_mechanism = "SCRAM-SHA-256";

// The peer broke the exchange, or did not prove itself. The text never holds a secret.
class ScramFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Empties it, and leaves no trace of what it held.
void wipe(std::string& secret);

namespace scram {

// Compares in constant time, and leaves no trace.
class Key {
 public:
  static constexpr std::size_t size = 32;

  Key() = default;
  // Exactly `size` bytes.
  explicit Key(std::string_view bytes);
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key();

  std::string_view bytes() const;
  unsigned char* data() { return bytes_.data(); }
  bool operator==(const Key& other) const;
  Key operator^(const Key& other) const;

 private:
  std::array<unsigned char, size> bytes_{};
};

// The password is used as it is: its SASLprep form must be itself, as is any ASCII password's.
Key salted_password(std::string_view password, std::string_view salt, int iterations);
Key hmac(const Key& key, std::string_view text);
Key hash(std::string_view text);
inline Key client_key(const Key& salted) { return hmac(salted, "Client Key"); }
inline Key server_key(const Key& salted) { return hmac(salted, "Server Key"); }

// What both sides sign.
std::string signed_text(std::string_view client_first_bare, std::string_view server_first,
                        std::string_view client_final_without_proof);

std::string encode64(std::string_view bytes);
// Nothing if the text is no base64, or empty.
std::optional<std::string> decode64(std::string_view text);

// Takes `x=value` off the front of a comma-separated text; throws ScramFailure if another stands
// there.
std::string_view attribute(std::string_view& rest, char name);
// Whether it can be a nonce: printable ASCII without commas, and not empty.
bool nonce_like(std::string_view text);

}  // namespace scram
}  // namespace occam::wire
