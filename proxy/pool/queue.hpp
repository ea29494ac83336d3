// Who waits for a connection: first come, first served within one login, each until a deadline.
// Pure: a clock's readings are parameters, a login is a number. Adding, leaving and being served
// cost the same however many wait, and nothing is allocated once it has held as many before.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace occam::pool {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

// Small numbers from 0 on; the number of one that is gone is used again.
using LoginId = std::uint32_t;

// A place in the queue. A number is used again, a turn never, so an old ticket fits nobody.
struct Ticket {
  std::uint32_t number = 0;
  std::uint32_t turn = 0;  // 0: no ticket

  explicit operator bool() const { return turn != 0; }
  bool operator==(const Ticket&) const = default;
};

class Queue {
 public:
  Ticket add(LoginId login, TimePoint now, TimePoint deadline);
  // False: it is not, or no longer, waiting.
  bool remove(Ticket ticket);

  bool waiting(Ticket ticket) const;
  std::uint32_t size() const { return size_; }
  std::uint32_t size(LoginId login) const;
  // Who has waited longest for this login; no ticket: nobody waits.
  Ticket first(LoginId login) const;
  // Whose deadline comes first of all.
  Ticket most_urgent() const;

  // Of a ticket that is waiting.
  LoginId login(Ticket ticket) const { return places_[ticket.number].login; }
  TimePoint since(Ticket ticket) const { return places_[ticket.number].since; }
  TimePoint deadline(Ticket ticket) const { return places_[ticket.number].deadline; }
  // Which of the two came first.
  bool before(Ticket one, Ticket other) const;

 private:
  static constexpr std::uint32_t nobody = UINT32_MAX;

  struct Links {
    std::uint32_t before = nobody;
    std::uint32_t behind = nobody;
  };
  struct Line {
    std::uint32_t first = nobody;
    std::uint32_t last = nobody;
    std::uint32_t size = 0;
  };
  struct Place {
    std::uint32_t turn = 1;
    bool taken = false;
    LoginId login = 0;
    std::uint64_t arrival = 0;
    TimePoint since;
    TimePoint deadline;
    Links by_arrival;   // within its login
    Links by_deadline;  // of all
  };

  void insert(Line& line, Links Place::*links, std::uint32_t before, std::uint32_t number);
  void unlink(Line& line, Links Place::*links, std::uint32_t number);
  Ticket ticket(std::uint32_t number) const;

  std::vector<Place> places_;
  std::vector<std::uint32_t> free_;
  std::vector<Line> lines_;  // by login
  Line urgent_;
  std::uint32_t size_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace occam::pool
