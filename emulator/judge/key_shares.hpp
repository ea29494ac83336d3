// The rows that committed transactions had locked FOR KEY SHARE and nothing more. PostgreSQL
// forgets such a lock at commit; DSQL lets it conflict with a FOR UPDATE, DELETE or key UPDATE of a
// transaction that began before and commits after (facts/dsql.md §1.2). Remembers only what an open
// transaction can still meet. Thread-safe, pure otherwise.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace emulator {

class KeyShares {
 public:
  // A moment in the order of commits.
  using Moment = std::uint64_t;

  // To be called before a transaction's first statement takes its snapshot, and once it has ended.
  Moment enter();
  void leave(Moment since);

  // The rows, by any text that tells them apart, of a transaction that has just committed.
  void record(const std::vector<std::string>& rows);
  // Whether anything at all has been recorded since, or one of these rows.
  bool any(Moment since) const;
  bool met(Moment since, const std::vector<std::string>& rows) const;

 private:
  void forget();

  mutable std::mutex mutex_;
  Moment now_ = 0;
  std::multiset<Moment> open_;
  std::unordered_map<std::string, Moment> rows_;  // the newest lock of each
  Moment newest_ = 0;
};

}  // namespace emulator
