// Results by text, bounded in bytes; the least recently used go first. Thread-safe: the texts are
// spread over shards, each with a mutex that is held for one look-up. Knows no SQL.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "rewriter/rewrite.hpp"
#include "rewriter/rewriter.hpp"

namespace occam::rewriter {

class RewriteCache {
 public:
  explicit RewriteCache(std::size_t bytes) : shard_bytes_(bytes / shard_count) {}

  // Null: not here, counted as a miss.
  std::shared_ptr<const Rewrite> find(std::string_view text);
  // `text` is the key; the entry that another thread put there meanwhile stays.
  void keep(std::string_view text, const std::shared_ptr<const Rewrite>& rewrite);
  Rewriter::Counts counts() const;

 private:
  static constexpr std::size_t shard_count = 16;

  struct Entry {
    std::string text;  // what the client sent; the rewrite holds what is sent on
    std::shared_ptr<const Rewrite> rewrite;
    std::size_t bytes;
  };
  // Hashed once per look-up, for the shard and for its map.
  struct Key {
    explicit Key(std::string_view of);
    bool operator==(const Key& other) const { return text == other.text; }
    std::string_view text;
    std::size_t hash;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const { return key.hash; }
  };
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::list<Entry> entries;  // most recently used first
    std::unordered_map<Key, std::list<Entry>::iterator, Hash> by_text;
    std::size_t bytes = 0;
    std::size_t hits = 0;
    std::size_t misses = 0;
  };

  // The map uses the low bits, so the shard is told by high ones.
  Shard& shard_of(const Key& key) { return shards_[(key.hash >> 48U) % shard_count]; }

  std::size_t shard_bytes_;
  std::array<Shard, shard_count> shards_;
};

}  // namespace occam::rewriter
