#include "emulator/judge/key_shares.hpp"

#include <algorithm>

namespace emulator {
namespace {

// Rows of transactions that no open one can meet are looked for only when there are many.
constexpr std::size_t many = 10'000;

}  // namespace

KeyShares::Moment KeyShares::enter() {
  const std::lock_guard lock(mutex_);
  open_.insert(now_);
  return now_;
}

void KeyShares::leave(Moment since) {
  const std::lock_guard lock(mutex_);
  open_.erase(open_.find(since));
  if (open_.empty()) rows_.clear();
}

void KeyShares::record(const std::vector<std::string>& rows) {
  if (rows.empty()) return;
  const std::lock_guard lock(mutex_);
  ++now_;
  if (open_.empty()) return;
  for (const auto& row : rows) rows_[row] = now_;
  newest_ = now_;
  if (rows_.size() > many) forget();
}

void KeyShares::forget() {
  const auto oldest = *open_.begin();
  std::erase_if(rows_, [oldest](const auto& row) { return row.second <= oldest; });
}

bool KeyShares::any(Moment since) const {
  const std::lock_guard lock(mutex_);
  return newest_ > since;
}

bool KeyShares::met(Moment since, const std::vector<std::string>& rows) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(rows.begin(), rows.end(), [this, since](const std::string& row) {
    const auto known = rows_.find(row);
    return known != rows_.end() && known->second > since;
  });
}

}  // namespace emulator
