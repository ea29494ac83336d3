#include "proxy/pool/connect_budget.hpp"

#include <algorithm>

namespace occam::pool {

// Rounded up: rather a connect too few than one too many.
ConnectBudget::ConnectBudget(std::uint32_t per_second, std::uint32_t burst)
    : interval_((std::chrono::nanoseconds(std::chrono::seconds(1)).count() + per_second - 1) /
                per_second),
      depth_(interval_ * (burst - 1)) {}

bool ConnectBudget::take(TimePoint now) {
  if (now < next(now)) return false;
  full_at_ = std::max(full_at_, now) + interval_;
  return true;
}

ConnectBudget::TimePoint ConnectBudget::next(TimePoint now) const {
  return std::max(now, full_at_ - depth_);
}

}  // namespace occam::pool
