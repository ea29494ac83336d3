// One fault on order, as it is written: FAULT:SELECTOR[,SELECTOR...]. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace emulator {

enum class Fault {
  none,
  conflict,            // OC000 at the commit; the transaction is rolled back
  catalog_conflict,    // OC001 at a statement
  unavailable,         // XX000 at a statement
  drop_before_commit,  // the socket is closed, the transaction rolled back
  drop_after_commit,   // the transaction is committed, then the socket is closed without an answer
  cut,      // the socket is closed where a round trip begins, or after it in an idle session
  latency,  // the answer to a round trip is held back
  waking,   // a client is not let in: the cluster is waking up
};
const char* name(Fault fault);

// When a rule is asked.
enum class Moment { statement, commit, round_trip, idle, connect };

// "conflict:every=10", "oc001:nth=7,class=read", "conflict:p=0.05,table=shards", "latency:ms=5",
// "cut:every=100,at=idle", "waking:first=3".
struct InjectionRule {
  Fault fault = Fault::conflict;
  Moment moment = Moment::commit;
  std::uint64_t every = 0;            // each n-th match
  std::uint64_t nth = 0;              // the n-th match only
  std::uint64_t first = 0;            // the first n matches
  double probability = 0;             // each match with this probability
  std::chrono::milliseconds delay{};  // latency
  std::string table;                  // only what names this table
  std::string kind;  // only statements of this class (Kind's name), or transactions with one
  std::string text;  // as written
};

class BadRule : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws BadRule with one line that says what is wrong.
InjectionRule parse_rule(std::string_view text);

}  // namespace emulator
