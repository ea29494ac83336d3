// What the connections of one login share. The pool's own; a session only keeps it.
#pragma once

#include <cstdint>
#include <optional>

#include "proxy/pool/connection.hpp"

namespace occam::pool {

struct Account {
  Login login;
  LoginId id = 0;
  std::optional<relay::ReportedParameters> parameters;  // as the last log-in reported them
  upstream::Failure refusal{};                          // the last one
  std::uint32_t secret = 0;                             // how often the password was found too old
  bool renewed = false;                                 // and none since has been good
};

}  // namespace occam::pool
