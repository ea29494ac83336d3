// When and how long to wait before a transaction is run again, and which errors ask for it. Pure
// arithmetic: the clock's readings and the seed are parameters.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "proxy/relay/fact.hpp"
#include "proxy/wire/backend.hpp"

namespace occam::relay {

using TimePoint = std::chrono::steady_clock::time_point;

struct RetryPolicy {
  // Runs in all, the first included; 1 switches repetition off.
  std::uint32_t attempts = 10;
  // From the first conflict to the start of the last statement that is run again. Below Temporal's
  // 3 s task timeout (facts/temporal.md §5.3).
  std::chrono::microseconds elapsed = std::chrono::seconds(2);
  std::chrono::microseconds backoff_first = std::chrono::milliseconds(2);
  std::chrono::microseconds backoff_cap = std::chrono::milliseconds(250);
};

// Exponential backoff with full jitter: uniform in [0, min(cap, first * 2^(repetition-1))].
// Source: AWS Architecture Blog, "Exponential Backoff And Jitter"; DSQL's own guidance asks for
// jitter (facts/dsql.md §6).
class Backoff {
 public:
  Backoff(const RetryPolicy& policy, std::uint64_t seed) : policy_(policy), state_(seed) {}

  // The pause before repetition 1, 2, ...; nothing if the policy allows no further one.
  std::optional<std::chrono::microseconds> next(std::uint32_t repetition,
                                                std::chrono::microseconds elapsed);

 private:
  std::uint64_t random();
  RetryPolicy policy_;
  std::uint64_t state_;
};

// Whether an error asks for the transaction to be run again, and as what it counts. SQLSTATE
// decides; the OC markers in the text only tell the kinds apart (facts/dsql.md §1.5: never match
// the whole sentence).
std::optional<ConflictKind> conflict_of(const wire::backend::Error& error);

// Errors that make Temporal close and rebuild its whole pool (facts/temporal.md §5.1, §5.5).
bool resets_pool(const wire::backend::Error& error);
// What they are shown as: system_error, which no driver treats as a broken connection.
inline constexpr std::string_view masked_code = "58000";

}  // namespace occam::relay
