#include "proxy/cancel_keys.hpp"

#include <limits>

namespace occam {

wire::backend::BackendKeyData CancelKeys::issue(std::function<void()> on_cancel) {
  const std::lock_guard lock(mutex_);
  do {
    last_ = last_ == std::numeric_limits<std::int32_t>::max() ? 1 : last_ + 1;
  } while (entries_.contains(last_));
  const auto secret = static_cast<std::int32_t>(random_());
  entries_.emplace(last_, Entry{secret, std::move(on_cancel)});
  return {last_, secret};
}

void CancelKeys::revoke(wire::backend::BackendKeyData key) {
  const std::lock_guard lock(mutex_);
  entries_.erase(key.process_id);
}

void CancelKeys::cancel(wire::backend::BackendKeyData key) {
  std::function<void()> on_cancel;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key.process_id);
    if (found == entries_.end() || found->second.secret != key.secret) return;
    on_cancel = found->second.on_cancel;
  }
  on_cancel();
}

}  // namespace occam
