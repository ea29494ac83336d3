// Runs a golden conversation through a Relay. A conversation is text: what happens to the relay
// (inputs) and what it does (outputs), one line each; the driver plays the inputs and writes down
// the outputs, so that a file either repeats itself or shows a difference.
//   C> Query "COMMIT"      input: a message from the client      >S Query "COMMIT"     output: to
//   the server S> ReadyForQuery I     input: a message from the server      >C ReadyForQuery I
//   output: to the client
//   !! timer | lost | ready | refused | cancel | gone            input: the world      .. wait,
//   lease, close, fact ...
//   %% held_bytes=64 attempts=3                                  settings, before the first input
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace occam::conversation {

struct Played {
  std::string text;  // the file as the relay would write it
  std::size_t inputs = 0;
  std::size_t requests = 0;  // Query, Sync and FunctionCall from the client
  std::size_t ready = 0;     // ReadyForQuery to the client
  bool closed = false;
  std::vector<std::string>
      to_server_after_loss;  // messages sent upstream between a loss and the new connection
};

// `lose_at`: the upstream is lost just before that input (1 for the first), and inputs from the
// server after it are left out; 0 for the conversation as it is written. Throws trace::BadLine or
// std::runtime_error for a file that cannot be read.
Played play(const std::string& text, std::size_t lose_at = 0);

}  // namespace occam::conversation
