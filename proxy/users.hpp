// Who may log in at one listener, and against what each one's proof is held. A name that is
// nobody's gets a credential too, of which nobody can tell that it is none: always the same for a
// name, with the salt and the iterations of a user's. Pure; the secret behind that is a parameter.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/listener.hpp"

#include "proxy/wire/authentication.hpp"
#include "proxy/wire/scram.hpp"

namespace occam {

// In the place of each password a verifier, the same one for the same password and secret. What
// stood there is wiped.
void forget_passwords(std::vector<config::User>& users, const wire::scram::Key& secret);

class Users {
 public:
  // `users` have passwords or verifiers; the former cost some milliseconds each.
  Users(std::vector<config::User> users, const wire::scram::Key& secret);

  // Nobody is asked for a password.
  bool empty() const { return verifiers_.empty(); }
  // Only where there are users.
  wire::Credential credential(const std::string& name) const;

 private:
  wire::ScramVerifier verifier_of_nobody(const std::string& name) const;

  wire::scram::Key secret_;
  std::map<std::string, wire::ScramVerifier> verifiers_;
};

}  // namespace occam
