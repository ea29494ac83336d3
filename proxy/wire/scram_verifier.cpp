#include "proxy/wire/scram_verifier.hpp"

#include <charconv>
#include <utility>

#include <openssl/crypto.h>

namespace occam::wire {

namespace {

// Takes what stands before `end` off the front; nothing if `end` does not come.
std::optional<std::string_view> take_until(std::string_view& rest, char end) {
  const auto length = rest.find(end);
  if (length == std::string_view::npos) return std::nullopt;
  const auto part = rest.substr(0, length);
  rest.remove_prefix(length + 1);
  return part;
}

std::optional<int> parse_iterations(std::string_view text) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 1) return std::nullopt;
  return count;
}

std::optional<scram::Key> parse_key(std::string_view text) {
  auto bytes = scram::decode64(text);
  if (!bytes || bytes->size() != scram::Key::size) return std::nullopt;
  const scram::Key key(*bytes);
  OPENSSL_cleanse(bytes->data(), bytes->size());
  return key;
}

}  // namespace

bool verifier_like(std::string_view text) {
  return text.starts_with(scram_mechanism) && text.substr(scram_mechanism.size()).starts_with('$');
}

std::optional<ScramVerifier> parse_verifier(std::string_view text) {
  if (!verifier_like(text)) return std::nullopt;
  auto rest = text.substr(scram_mechanism.size() + 1);
  const auto count = take_until(rest, ':');
  const auto salt = take_until(rest, '$');
  const auto stored = take_until(rest, ':');
  if (!count || !salt || !stored) return std::nullopt;
  const auto iterations = parse_iterations(*count);
  auto salt_bytes = scram::decode64(*salt);
  const auto stored_key = parse_key(*stored);
  const auto server_key = parse_key(rest);
  if (!iterations || !salt_bytes || !stored_key || !server_key) return std::nullopt;
  return ScramVerifier{*iterations, std::move(*salt_bytes), *stored_key, *server_key};
}

std::string verifier_text(const ScramVerifier& verifier) {
  return std::string(scram_mechanism) + "$" + std::to_string(verifier.iterations) + ":" +
         scram::encode64(verifier.salt) + "$" + scram::encode64(verifier.stored_key.bytes()) + ":" +
         scram::encode64(verifier.server_key.bytes());
}

ScramVerifier make_verifier(std::string_view password, std::string salt, int iterations) {
  const auto salted = scram::salted_password(password, salt, iterations);
  return {iterations, std::move(salt), scram::hash(scram::client_key(salted).bytes()),
          scram::server_key(salted)};
}

}  // namespace occam::wire
