// What is carried out in place of the group in flight: a definition's steps, or the slices of a
// large DELETE. Plain value; the relay moves it on.
#pragma once

#include <memory>
#include <string>

#include "rewriter/steps.hpp"

namespace occam::relay {

struct Stepping {
  std::unique_ptr<rewriter::Steps> steps;
  rewriter::Order order;      // being run
  rewriter::Outcome outcome;  // of it, as far as it has come
  std::string row;            // of an answer that comes in pieces: the message so far
  bool repeated = false;      // the order was sent before, on a connection that was lost
  bool in_slices = false;     // the group itself was sent first, and refused
};

}  // namespace occam::relay
