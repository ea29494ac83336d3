// What the judges of all sessions share: the order of commits, and who keeps locks that somebody
// else may want. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "emulator/judge/key_shares.hpp"
#include "emulator/rules/dialect.hpp"

namespace emulator {

class Judge;

class Docket {
 public:
  explicit Docket(Dialect chosen = dialect_current, bool definitions_pass = false,
                  bool for_update_stays = true)
      : dialect(chosen), any_definitions(definitions_pass), key_share_fences(for_update_stays) {}

  const Dialect dialect;       // in whose words a conflict is told
  const bool any_definitions;  // DDL is not judged, so nobody is told OC001
  // Whether FOR UPDATE conflicts with FOR KEY SHARE even if its transaction then updates the row
  // without its key: what nobody has recorded (facts/dsql.md §1.3).
  const bool key_share_fences;

  void join(Judge& judge);
  void leave(Judge& judge);

  // All other judges give up the locks they keep: those without work at hand at once, the others
  // when they have done it.
  void ask_to_yield(const Judge& asking);

  // While one of these lives no judge begins to keep locks.
  class HoldOff {
   public:
    explicit HoldOff(Docket& docket) : docket_(docket) { ++docket_.held_off_; }
    ~HoldOff() { --docket_.held_off_; }
    HoldOff(const HoldOff&) = delete;
    HoldOff& operator=(const HoldOff&) = delete;

   private:
    Docket& docket_;
  };
  bool held_off() const { return held_off_ > 0; }

  // A transaction that does its work again at COMMIT does so alone; one that has kept its locks
  // shares it, unless a FOR KEY SHARE may have a say in the order. Who keeps locks must not wait
  // for it without an ear for ask_to_yield().
  std::shared_timed_mutex commits;
  std::atomic<std::uint64_t> catalog_version{0};  // rises with every DDL statement that was judged
  std::atomic<std::uint64_t> definitions{0};      // and this with every one
  KeyShares key_shares;

 private:
  std::mutex mutex_;
  std::set<Judge*> judges_;
  std::atomic<int> held_off_ = 0;
};

}  // namespace emulator
