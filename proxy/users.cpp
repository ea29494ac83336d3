#include "proxy/users.hpp"

#include <iterator>
#include <utility>

#include "proxy/wire/scram_verifier.hpp"

namespace occam {
namespace {

// Of a user that has no salt of its own: it tells nothing, and a name always has the same.
std::string salt_of(const std::string& name, const wire::scram::Key& secret, std::size_t bytes) {
  std::string salt;
  for (auto block = wire::scram::hmac(secret, "salt " + name); salt.size() < bytes;
       block = wire::scram::hmac(secret, block.bytes()))
    salt += block.bytes();
  salt.resize(bytes);
  return salt;
}

}  // namespace

void forget_passwords(std::vector<config::User>& users, const wire::scram::Key& secret) {
  for (auto& [name, password] : users) {
    if (wire::verifier_like(password)) continue;
    auto verifier = wire::verifier_text(wire::make_verifier(
        password, salt_of(name, secret, wire::ScramVerifier::usual_salt_bytes)));
    wire::wipe(password);
    password = std::move(verifier);
  }
}

Users::Users(std::vector<config::User> users, const wire::scram::Key& secret) : secret_(secret) {
  forget_passwords(users, secret);
  for (const auto& [name, text] : users)
    if (auto verifier = wire::parse_verifier(text)) verifiers_.emplace(name, std::move(*verifier));
}

// What is nobody's is made for every name, or the time it takes would tell whose there are.
wire::Credential Users::credential(const std::string& name) const {
  wire::Credential credential{verifier_of_nobody(name), false};
  const auto found = verifiers_.find(name);
  if (found != verifiers_.end()) credential = {found->second, true};
  return credential;
}

wire::ScramVerifier Users::verifier_of_nobody(const std::string& name) const {
  const auto choice =
      static_cast<unsigned char>(wire::scram::hmac(secret_, "like " + name).bytes()[0]);
  const auto& model = std::next(verifiers_.begin(), choice % verifiers_.size())->second;
  return {model.iterations, salt_of(name, secret_, model.salt.size()), {}, {}};
}

}  // namespace occam
