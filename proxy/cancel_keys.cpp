#include "proxy/cancel_keys.hpp"

#include <limits>

namespace occam {
namespace {

std::uint64_t number(wire::backend::BackendKeyData key) {
  return std::uint64_t{static_cast<std::uint32_t>(key.process_id)} << 32 |
         static_cast<std::uint32_t>(key.secret);
}

}  // namespace

wire::backend::BackendKeyData CancelKeys::issue(Owner& owner) {
  const std::lock_guard lock(mutex_);
  wire::backend::BackendKeyData key;
  do {
    last_ = last_ == std::numeric_limits<std::int32_t>::max() ? 1 : last_ + 1;
    key = {last_, static_cast<std::int32_t>(random_())};
  } while (!owners_.emplace(number(key), &owner).second);
  return key;
}

void CancelKeys::revoke(wire::backend::BackendKeyData key) {
  const std::lock_guard lock(mutex_);
  owners_.erase(number(key));
}

void CancelKeys::cancel(wire::backend::BackendKeyData key) {
  const std::lock_guard lock(mutex_);
  const auto found = owners_.find(number(key));
  if (found != owners_.end()) found->second->on_cancel_key();
}

}  // namespace occam
