// What an upstream connection may say while no client has it. Pure: a message in, its meaning out.
#pragma once

#include "proxy/pool/orders.hpp"
#include "proxy/wire/frame.hpp"

namespace occam::pool {

enum class Saying {
  idle_talk,  // of no meaning here
  parameter,  // a ParameterStatus, to be kept
  at_rest,    // answered, and outside a transaction
  unfit,      // it ends itself, or nobody knows what it is at
};

// Throws ProtocolViolation.
Saying hear(Question asked, const wire::Frame& frame);

}  // namespace occam::pool
