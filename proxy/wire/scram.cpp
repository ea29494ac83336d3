#include "proxy/wire/scram.hpp"

#include <algorithm>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

namespace occam::wire {

void wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.capacity());
  secret.clear();
}

namespace scram {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Key::Key(std::string_view bytes) {
  if (bytes.size() != size) throw std::invalid_argument("a SCRAM key has 32 bytes");
  std::copy(bytes.begin(), bytes.end(), bytes_.begin());
}

Key::~Key() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::string_view Key::bytes() const {
  return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

bool Key::operator==(const Key& other) const {
  return CRYPTO_memcmp(bytes_.data(), other.bytes_.data(), size) == 0;
}

Key Key::operator^(const Key& other) const {
  Key out;
  for (std::size_t i = 0; i < size; ++i) out.bytes_[i] = bytes_[i] ^ other.bytes_[i];
  return out;
}

Key salted_password(std::string_view password, std::string_view salt, int iterations) {
  Key out;
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes_of(salt),
                        static_cast<int>(salt.size()), iterations, EVP_sha256(),
                        static_cast<int>(Key::size), out.data()) != 1) {
    throw ScramFailure("PBKDF2 failed");
  }
  return out;
}

Key hmac(const Key& key, std::string_view text) {
  Key out;
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.bytes().data(), static_cast<int>(Key::size), bytes_of(text),
           text.size(), out.data(), &length) == nullptr) {
    throw ScramFailure("HMAC failed");
  }
  return out;
}

Key hash(std::string_view text) {
  Key out;
  SHA256(bytes_of(text), text.size(), out.data());
  return out;
}

std::string signed_text(std::string_view client_first_bare, std::string_view server_first,
                        std::string_view client_final_without_proof) {
  std::string text(client_first_bare);
  text.append(",").append(server_first).append(",").append(client_final_without_proof);
  return text;
}

std::string encode64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes),
                                      static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

// EVP_DecodeBlock forgives much; what does not come out again as it went in is no base64.
std::optional<std::string> decode64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text),
                      static_cast<int>(text.size())) < 0) {
    return std::nullopt;
  }
  const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  out.resize(out.size() - padding);
  if (encode64(out) != text) return std::nullopt;
  return out;
}

std::string_view attribute(std::string_view& rest, char name) {
  if (rest.size() < 2 || rest[0] != name || rest[1] != '=') {
    throw ScramFailure(std::string("malformed SCRAM message: expected attribute ") + name);
  }
  const auto end = std::min(rest.find(','), rest.size());
  const auto value = rest.substr(2, end - 2);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return value;
}

bool nonce_like(std::string_view text) {
  const auto printable = [](char c) { return c > ' ' && c < '\x7f' && c != ','; };
  return !text.empty() && std::all_of(text.begin(), text.end(), printable);
}

}  // namespace scram
}  // namespace occam::wire
