// A 128-bit digest of answers, xxh3: equal answers, equal digests; different answers collide with
// probability 2^-128 per pair, and no adversary chooses both sides. Source: xxHash, "XXH3 128
// bits".
#pragma once

#include <cstdint>
#include <string_view>

namespace occam::relay {

struct Digest {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const Digest&) const = default;
};

// Accumulates; one lives in each relay, so that no digest costs an allocation.
class Digester {
 public:
  Digester();
  ~Digester();
  Digester(const Digester&) = delete;
  Digester& operator=(const Digester&) = delete;

  void reset();
  void add(std::string_view bytes);
  Digest digest() const;

 private:
  void* state_;
};

}  // namespace occam::relay
