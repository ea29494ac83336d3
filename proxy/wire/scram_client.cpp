#include "proxy/wire/scram_client.hpp"

#include <charconv>
#include <utility>

namespace occam::wire {

namespace {

constexpr std::string_view gs2_header = "n,,";
constexpr int fewest_iterations = 4096;
constexpr int most_iterations = 1'000'000;

std::string decoded(std::string_view text) {
  auto bytes = scram::decode64(text);
  if (!bytes) throw ScramFailure("malformed SCRAM message: not base64");
  return std::move(*bytes);
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

ScramClient::ScramClient(std::string_view user, std::string_view nonce) : nonce_(nonce) {
  if (!scram::nonce_like(nonce)) {
    throw std::invalid_argument("a SCRAM nonce is printable ASCII without commas");
  }
  client_first_bare_ = "n=" + std::string(user) + ",r=" + nonce_;
}

std::string ScramClient::client_first() const {
  return std::string(gs2_header) + client_first_bare_;
}

std::string ScramClient::client_final(std::string_view password, std::string_view server_first) {
  auto rest = server_first;
  const auto nonce = scram::attribute(rest, 'r');
  if (!nonce.starts_with(nonce_) || nonce.size() == nonce_.size()) {
    throw ScramFailure("SCRAM nonce does not continue ours");
  }
  const auto salt = decoded(scram::attribute(rest, 's'));
  const auto count = iterations(scram::attribute(rest, 'i'));

  const auto salted = scram::salted_password(password, salt, count);
  const auto client_key = scram::client_key(salted);
  const auto without_proof = "c=biws,r=" + std::string(nonce);  // biws: the GS2 header in base64
  const auto signed_text = scram::signed_text(client_first_bare_, server_first, without_proof);
  const auto proof = client_key ^ scram::hmac(scram::hash(client_key.bytes()), signed_text);
  server_signature_ = scram::hmac(scram::server_key(salted), signed_text);
  answered_ = true;
  return without_proof + ",p=" + scram::encode64(proof.bytes());
}

void ScramClient::verify(std::string_view server_final) const {
  if (!answered_) throw ScramFailure("SCRAM ended before it began");
  auto rest = server_final;
  if (rest.starts_with("e=")) throw ScramFailure("the server refused the SCRAM exchange");
  const auto signature = decoded(scram::attribute(rest, 'v'));
  if (signature.size() != scram::Key::size || scram::Key(signature) != server_signature_) {
    throw ScramFailure("the server's SCRAM signature is wrong: it does not know the password");
  }
}

}  // namespace occam::wire
