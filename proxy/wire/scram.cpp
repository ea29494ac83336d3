#include "proxy/wire/scram.hpp"

#include <algorithm>
#include <charconv>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

namespace occam::wire {

namespace {

using Digest = std::array<unsigned char, 32>;

constexpr std::string_view gs2_header = "n,,";
constexpr int fewest_iterations = 4096;
constexpr int most_iterations = 1'000'000;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// A key that leaves no trace.
struct Key {
  Digest bytes{};
  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

void hmac(const Digest& key, std::string_view text, Digest& out) {
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
           out.data(), &length) == nullptr) {
    throw ScramFailure("HMAC failed");
  }
}

std::string encode64(const Digest& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(),
                                      static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

bool in_alphabet(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

// EVP_DecodeBlock forgives too much, so the shape is checked first.
std::string decode64(std::string_view text) {
  auto digits = text;
  for (int i = 0; i < 2 && digits.ends_with('='); ++i) digits.remove_suffix(1);
  if (text.empty() || text.size() % 4 != 0 ||
      !std::all_of(digits.begin(), digits.end(), in_alphabet)) {
    throw ScramFailure("malformed SCRAM message: not base64");
  }
  std::string out(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text),
                      static_cast<int>(text.size())) < 0) {
    throw ScramFailure("malformed SCRAM message: not base64");
  }
  out.resize(out.size() - (text.size() - digits.size()));
  return out;
}

// Takes `x=value` off the front of a comma-separated text.
std::string_view attribute(std::string_view& rest, char name) {
  if (rest.size() < 2 || rest[0] != name || rest[1] != '=') {
    throw ScramFailure(std::string("malformed SCRAM message: expected attribute ") + name);
  }
  const auto end = std::min(rest.find(','), rest.size());
  const auto value = rest.substr(2, end - 2);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return value;
}

int iterations(std::string_view text) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < fewest_iterations ||
      count > most_iterations) {
    throw ScramFailure("SCRAM iteration count outside 4096 to 1000000");
  }
  return count;
}

}  // namespace

Scram::Scram(std::string_view user, std::string_view nonce) : nonce_(nonce) {
  const auto printable = [](char c) { return c > ' ' && c < '\x7f' && c != ','; };
  if (nonce.empty() || !std::all_of(nonce.begin(), nonce.end(), printable)) {
    throw std::invalid_argument("a SCRAM nonce is printable ASCII without commas");
  }
  client_first_bare_ = "n=" + std::string(user) + ",r=" + nonce_;
}

std::string Scram::client_first() const { return std::string(gs2_header) + client_first_bare_; }

std::string Scram::client_final(std::string_view password, std::string_view server_first) {
  auto rest = server_first;
  const auto nonce = attribute(rest, 'r');
  if (!nonce.starts_with(nonce_) || nonce.size() == nonce_.size()) {
    throw ScramFailure("SCRAM nonce does not continue ours");
  }
  const auto salt = decode64(attribute(rest, 's'));
  const auto count = iterations(attribute(rest, 'i'));

  Key salted;
  Key client_key;
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes_of(salt),
                        static_cast<int>(salt.size()), count, EVP_sha256(),
                        static_cast<int>(salted.bytes.size()), salted.bytes.data()) != 1) {
    throw ScramFailure("PBKDF2 failed");
  }
  hmac(salted.bytes, "Client Key", client_key.bytes);
  Key stored_key;
  SHA256(client_key.bytes.data(), client_key.bytes.size(), stored_key.bytes.data());

  const auto without_proof = "c=biws,r=" + std::string(nonce);  // biws: the GS2 header in base64
  const auto signed_text =
      client_first_bare_ + "," + std::string(server_first) + "," + without_proof;
  Key proof;
  hmac(stored_key.bytes, signed_text, proof.bytes);
  for (std::size_t i = 0; i < proof.bytes.size(); ++i) proof.bytes[i] ^= client_key.bytes[i];

  Key server_key;
  hmac(salted.bytes, "Server Key", server_key.bytes);
  hmac(server_key.bytes, signed_text, server_signature_);
  answered_ = true;
  return without_proof + ",p=" + encode64(proof.bytes);
}

void Scram::verify(std::string_view server_final) const {
  if (!answered_) throw ScramFailure("SCRAM ended before it began");
  auto rest = server_final;
  if (rest.starts_with("e=")) throw ScramFailure("the server refused the SCRAM exchange");
  const auto signature = decode64(attribute(rest, 'v'));
  if (signature.size() != server_signature_.size() ||
      CRYPTO_memcmp(signature.data(), server_signature_.data(), signature.size()) != 0) {
    throw ScramFailure("the server's SCRAM signature is wrong: it does not know the password");
  }
}

}  // namespace occam::wire
