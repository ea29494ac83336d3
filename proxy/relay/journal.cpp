#include "proxy/relay/journal.hpp"

#include <utility>

namespace occam::relay {
namespace {

// What a session keeps of the memory that one transaction needed; more is not in the budget.
constexpr std::size_t spare_bytes = std::size_t{64} * 1024;

}  // namespace

bool Budget::take(std::size_t bytes) {
  const auto before = used_.fetch_add(bytes, std::memory_order_relaxed);
  if (before + bytes <= limit_) return true;
  give_back(bytes);
  return false;
}

std::optional<NotReplayable> Journal::append(Group& group) {
  if (obstacle_) return std::nullopt;
  if (group.obstacle) return spoil(*group.obstacle);
  const auto bytes = group.cost();
  if (bytes_ + bytes > limit_) return spoil(NotReplayable::too_large);
  if (!budget_.take(bytes)) return spoil(NotReplayable::budget);
  bytes_ += bytes;
  if (size_ == groups_.size()) groups_.emplace_back();
  std::swap(groups_[size_], group);
  ++size_;
  return std::nullopt;
}

std::optional<NotReplayable> Journal::spoil(NotReplayable reason) {
  clear();
  obstacle_ = reason;
  return reason;
}

void Journal::clear() {
  if (bytes_ > spare_bytes) groups_ = {};
  budget_.give_back(bytes_);
  bytes_ = 0;
  size_ = 0;
  obstacle_.reset();
}

wire::Frame Queue::front() const {
  const auto rest = std::string_view(bytes_).substr(head_);
  const auto length = static_cast<std::size_t>(wire::Reader(rest.substr(1, 4)).i32()) + 1;
  return {rest[0], rest.substr(0, length)};
}

void Queue::pop() {
  head_ += front().bytes.size();
  if (head_ == bytes_.size()) {
    bytes_.clear();
    head_ = 0;
  } else if (head_ > 64 * 1024 && head_ > bytes_.size() / 2) {
    bytes_.erase(0, head_);
    head_ = 0;
  }
}

}  // namespace occam::relay
