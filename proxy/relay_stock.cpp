#include "proxy/relay_stock.hpp"

#include <utility>

namespace occam {
namespace {

// More are needed by no more than a thread's busy clients in the same instant.
constexpr std::size_t most_spare = 32;

}  // namespace

std::unique_ptr<relay::Relay> RelayStock::take(relay::ClientSession& client) {
  if (spare_.empty()) {
    const auto seed = (std::uint64_t{random_()} << 32) | random_();
    return std::make_unique<relay::Relay>(settings_, budget_, seed, client);
  }
  auto relay = std::move(spare_.back());
  spare_.pop_back();
  relay->serve(client);
  return relay;
}

void RelayStock::give_back(std::unique_ptr<relay::Relay> relay) {
  if (spare_.size() < most_spare) spare_.push_back(std::move(relay));
}

}  // namespace occam
