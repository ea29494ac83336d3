// The groups of the open transaction, in order, with the digests of the answers the client was
// given; and the client messages that wait their turn. Bounded: past a bound the transaction is
// only not replayable, never broken.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "proxy/relay/group.hpp"
#include "proxy/wire/frame.hpp"

namespace occam::relay {

// Journal bytes of the whole process; shared by all relays of all threads.
class Budget {
 public:
  explicit Budget(std::size_t limit) : limit_(limit) {}
  bool take(std::size_t bytes);
  void give_back(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  std::size_t limit_;
  std::atomic<std::size_t> used_ = 0;
};

class Journal {
 public:
  Journal(Budget& budget, std::size_t limit) : budget_(budget), limit_(limit) {}
  ~Journal() { clear(); }
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Takes the group over; `group` is left empty with a reusable buffer. Returns why the transaction
  // can no longer be repeated, if this group is what made it so.
  std::optional<NotReplayable> append(Group& group);
  // The transaction is over; small buffers are kept for the next one.
  void clear();

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Group& operator[](std::size_t index) { return groups_[index]; }
  std::optional<NotReplayable> obstacle() const { return obstacle_; }

 private:
  std::optional<NotReplayable> spoil(NotReplayable reason);

  Budget& budget_;
  std::size_t limit_;
  std::vector<Group> groups_;  // the first size_ are used
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
  std::optional<NotReplayable> obstacle_;
};

// Client messages in the order they came, owned, until the relay is ready for them.
class Queue {
 public:
  bool empty() const { return head_ == bytes_.size(); }
  std::size_t bytes() const { return bytes_.size() - head_; }
  void push(const wire::Frame& frame) { bytes_.append(frame.bytes); }
  // The oldest message; a view until the next push or pop.
  wire::Frame front() const;
  void pop();

 private:
  std::string bytes_;
  std::size_t head_ = 0;
};

}  // namespace occam::relay
