#include "proxy/pool/queue.hpp"

namespace occam::pool {

Ticket Queue::add(LoginId login, TimePoint now, TimePoint deadline) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(places_.size()));
    places_.emplace_back();
  }
  const auto number = free_.back();
  free_.pop_back();
  if (login >= lines_.size()) lines_.resize(login + 1);
  auto& place = places_[number];
  place.taken = true;
  place.login = login;
  place.arrival = arrivals_++;
  place.since = now;
  place.deadline = deadline;
  insert(lines_[login], &Place::by_arrival, lines_[login].last, number);
  // Most wait equally long, so the search from the back ends at once.
  auto before = urgent_.last;
  while (before != nobody && places_[before].deadline > deadline)
    before = places_[before].by_deadline.before;
  insert(urgent_, &Place::by_deadline, before, number);
  ++size_;
  return ticket(number);
}

bool Queue::remove(Ticket ticket) {
  if (!waiting(ticket)) return false;
  auto& place = places_[ticket.number];
  unlink(lines_[place.login], &Place::by_arrival, ticket.number);
  unlink(urgent_, &Place::by_deadline, ticket.number);
  place.taken = false;
  if (++place.turn == 0) place.turn = 1;
  free_.push_back(ticket.number);
  --size_;
  return true;
}

bool Queue::waiting(Ticket ticket) const {
  return ticket.number < places_.size() && places_[ticket.number].taken &&
         places_[ticket.number].turn == ticket.turn;
}

std::uint32_t Queue::size(LoginId login) const {
  return login < lines_.size() ? lines_[login].size : 0;
}

Ticket Queue::first(LoginId login) const {
  return login < lines_.size() ? ticket(lines_[login].first) : Ticket{};
}

Ticket Queue::most_urgent() const { return ticket(urgent_.first); }

bool Queue::before(Ticket one, Ticket other) const {
  return places_[one.number].arrival < places_[other.number].arrival;
}

void Queue::insert(Line& line, Links Place::*links, std::uint32_t before, std::uint32_t number) {
  const auto behind = before == nobody ? line.first : (places_[before].*links).behind;
  places_[number].*links = {before, behind};
  (before == nobody ? line.first : (places_[before].*links).behind) = number;
  (behind == nobody ? line.last : (places_[behind].*links).before) = number;
  ++line.size;
}

void Queue::unlink(Line& line, Links Place::*links, std::uint32_t number) {
  const auto [before, behind] = places_[number].*links;
  (before == nobody ? line.first : (places_[before].*links).behind) = behind;
  (behind == nobody ? line.last : (places_[behind].*links).before) = before;
  --line.size;
}

Ticket Queue::ticket(std::uint32_t number) const {
  return number == nobody ? Ticket{} : Ticket{number, places_[number].turn};
}

}  // namespace occam::pool
