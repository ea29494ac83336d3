#include "proxy/upstream/nonce.hpp"

#include <random>
#include <string_view>

namespace occam::upstream {
namespace {

constexpr std::size_t letters = 24;

}  // namespace

std::string fresh_nonce() {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::random_device random;
  std::string nonce;
  while (nonce.size() < letters) nonce += alphabet[random() % alphabet.size()];
  return nonce;
}

}  // namespace occam::upstream
