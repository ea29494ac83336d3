// From the configuration of an upstream to what its IAM tokens are for, and the environment that
// its credentials are looked for in. For the two who make tokens: a pool's token source and `occam
// token`.
#pragma once

#include "config/listener.hpp"

#include "proxy/iam/environment.hpp"
#include "proxy/iam/token.hpp"

namespace occam {

// The host that is signed is the one that TLS names: DSQL takes the token for no other.
iam::IamSettings iam_settings(const config::Upstream& upstream);

// This process's own.
iam::Environment aws_environment();

}  // namespace occam
