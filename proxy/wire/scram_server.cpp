#include "proxy/wire/scram_server.hpp"

#include <stdexcept>
#include <tuple>
#include <utility>

namespace occam::wire {

namespace {

ScramFailure malformed(const std::string& what) {
  return ScramFailure("malformed SCRAM message: " + what);
}

void check_text(std::string_view text) {
  if (text.empty()) throw malformed("it is empty");
  if (text.find('\0') != std::string_view::npos) throw malformed("it holds a zero byte");
}

// Takes an attribute of any name off the front.
std::pair<char, std::string_view> any_attribute(std::string_view& rest) {
  const char name = rest.empty() ? '\0' : rest.front();
  if (!((name >= 'A' && name <= 'Z') || (name >= 'a' && name <= 'z')))
    throw malformed("expected an attribute");
  return {name, scram::attribute(rest, name)};
}

}  // namespace

ScramServer::ScramServer(ScramVerifier verifier, std::string_view nonce)
    : verifier_(std::move(verifier)), nonce_(nonce) {
  if (!scram::nonce_like(nonce))
    throw std::invalid_argument("a SCRAM nonce is printable ASCII without commas");
}

void ScramServer::read_gs2_header(std::string_view& rest) {
  binding_ = rest.front();
  switch (binding_) {
    case 'n':  // the client has no channel binding
    case 'y':  // it has, and sees that this server has none: true, since only -PLUS would offer it
      break;
    case 'p':
      throw malformed(
          "the client chose SCRAM-SHA-256 without channel binding, but sends channel binding data");
    default:
      throw malformed("unexpected channel-binding flag");
  }
  rest.remove_prefix(1);
  if (!rest.starts_with(',')) throw malformed("expected a comma behind the channel-binding flag");
  rest.remove_prefix(1);
  if (rest.starts_with('a'))
    throw ScramUnsupported("client uses authorization identity, but it is not supported");
  if (!rest.starts_with(',')) throw malformed("unexpected attribute in client-first-message");
  rest.remove_prefix(1);
}

std::string ScramServer::server_first(std::string_view client_first) {
  check_text(client_first);
  auto rest = client_first;
  read_gs2_header(rest);
  client_first_bare_ = rest;
  if (rest.starts_with('m'))
    throw ScramUnsupported("client requires an unsupported SCRAM extension");
  scram::attribute(rest, 'n');
  const auto client_nonce = scram::attribute(rest, 'r');
  // PostgreSQL lets an empty one pass; RFC 5802 §7 does not.
  if (!scram::nonce_like(client_nonce)) throw malformed("non-printable characters in SCRAM nonce");
  while (!rest.empty()) any_attribute(rest);  // optional extensions

  nonce_.insert(0, client_nonce);
  server_first_ = "r=" + nonce_ + ",s=" + scram::encode64(verifier_.salt) +
                  ",i=" + std::to_string(verifier_.iterations);
  return server_first_;
}

std::optional<std::string> ScramServer::server_final(std::string_view client_final) const {
  check_text(client_final);
  auto rest = client_final;
  // The GS2 header again, in base64: `n,,` or `y,,`, as it came before.
  const auto binding = scram::attribute(rest, 'c');
  if (binding != (binding_ == 'n' ? "biws" : "eSws"))
    throw malformed("unexpected SCRAM channel-binding attribute in client-final-message");
  const auto nonce = scram::attribute(rest, 'r');
  auto without_proof = client_final.substr(0, client_final.size() - rest.size());
  auto [name, value] = any_attribute(rest);
  while (name != 'p') {  // optional extensions
    without_proof = client_final.substr(0, client_final.size() - rest.size());
    std::tie(name, value) = any_attribute(rest);
  }
  const auto proof = scram::decode64(value);
  if (!proof || proof->size() != scram::Key::size)
    throw malformed("malformed proof in client-final-message");
  if (!rest.empty()) throw malformed("garbage found at the end of client-final-message");
  if (nonce != nonce_) throw ScramFailure("invalid SCRAM response: nonce does not match");

  without_proof.remove_suffix(1);  // the comma before the proof
  const auto signed_text = scram::signed_text(client_first_bare_, server_first_, without_proof);
  if (!proves(scram::Key(*proof), signed_text)) return std::nullopt;
  return "v=" + scram::encode64(scram::hmac(verifier_.server_key, signed_text).bytes());
}

bool ScramServer::proves(const scram::Key& proof, std::string_view signed_text) const {
  const auto client_key = proof ^ scram::hmac(verifier_.stored_key, signed_text);
  return scram::hash(client_key.bytes()) == verifier_.stored_key;
}

}  // namespace occam::wire
