#include "proxy/pool/connect_backoff.hpp"

#include <algorithm>

namespace occam::pool {

void ConnectBackoff::failed(TimePoint started, TimePoint now, std::mt19937_64& random) {
  if (failing_ && started <= last_) return;
  std::uniform_int_distribution<Duration::rep> pause(0, ceiling_.count());
  until_ = now + Duration(pause(random));
  last_ = now;
  failing_ = true;
  ceiling_ = std::min(ceiling_ * 2, cap_);
}

void ConnectBackoff::succeeded() {
  failing_ = false;
  ceiling_ = first_;
}

}  // namespace occam::pool
