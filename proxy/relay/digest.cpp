#include "proxy/relay/digest.hpp"

#define XXH_INLINE_ALL
#include <new>

#include <xxhash.h>

namespace occam::relay {

namespace {
XXH3_state_t* state_of(void* state) { return static_cast<XXH3_state_t*>(state); }
}  // namespace

Digester::Digester() : state_(XXH3_createState()) {
  if (state_ == nullptr) throw std::bad_alloc();
  reset();
}

Digester::~Digester() { XXH3_freeState(state_of(state_)); }

void Digester::reset() { XXH3_128bits_reset(state_of(state_)); }

void Digester::add(std::string_view bytes) {
  XXH3_128bits_update(state_of(state_), bytes.data(), bytes.size());
}

Digest Digester::digest() const {
  const auto hash = XXH3_128bits_digest(state_of(state_));
  return {hash.low64, hash.high64};
}

}  // namespace occam::relay
