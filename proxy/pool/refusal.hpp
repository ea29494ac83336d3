// What a failed connect says of the next one, and the words for a client that waited in vain.
// Pure. Knows SQLSTATEs, no connection. A client is never told what makes Temporal close its whole
// pool: 57P03, 25006 and 0A000 "… during recovery" count as passing (facts/temporal.md §5.5).
#pragma once

#include <string>
#include <string_view>

#include "proxy/pool/connection.hpp"
#include "proxy/pool/orders.hpp"

namespace occam::pool {

enum class Refusal {
  passing,   // the upstream is away, waking up or full: it may pass
  password,  // the password or token is not, or no longer, good
  definite,  // the same again would be refused again
};

Refusal judge(const upstream::Failure& failure);

// Of a client that has `waited`; `limit` is the thread's share of pool.connections, `last` why the
// last connect failed.
Failure timed_out(Shortage shortage, Duration waited, std::uint32_t limit, std::string_view last);

}  // namespace occam::pool
