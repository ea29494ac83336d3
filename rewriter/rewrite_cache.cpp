#include "rewriter/rewrite_cache.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace occam::rewriter {
namespace {

std::size_t bytes_of(const RowAccess& access) {
  std::size_t bytes = sizeof(RowAccess) + access.parse_text.capacity() +
                      access.literal_before.capacity() + access.literal_after.capacity();
  for (const RowKey& row : access.rows) {
    bytes += sizeof(RowKey) + row.table.capacity() + row.lock.capacity() + row.check.capacity();
    for (const ValueSource& value : row.key) bytes += sizeof value + value.literal.capacity();
  }
  return bytes;
}

std::size_t bytes_of(const Rewrite& rewrite) {
  std::size_t bytes = sizeof(Rewrite) + rewrite.text.capacity() + rewrite.original.capacity();
  for (const Statement& statement : rewrite.statements) {
    bytes += sizeof(Statement) + statement.name.capacity();
    if (statement.setting) {
      bytes += statement.setting->name.capacity() + statement.setting->sql.capacity();
    }
    for (const std::string& table : statement.tables) {
      bytes += sizeof(std::string) + table.capacity();
    }
  }
  for (const Change& change : rewrite.changes) {
    bytes += sizeof(Change) + change.rule.capacity() + change.before.capacity() +
             change.after.capacity() + change.reason.capacity();
  }
  if (rewrite.refusal) {
    bytes +=
        sizeof(Refusal) + rewrite.refusal->message.capacity() + rewrite.refusal->hint.capacity();
  }
  if (rewrite.rows) bytes += bytes_of(*rewrite.rows);
  return bytes;
}

// Nodes of the list and of the map, the control block of the pointer.
constexpr std::size_t entry_overhead = 160;

}  // namespace

RewriteCache::Key::Key(std::string_view of) : text(of), hash(XXH3_64bits(of.data(), of.size())) {}

std::shared_ptr<const Rewrite> RewriteCache::find(std::string_view text) {
  const Key key(text);
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_text.find(key);
  if (found == shard.by_text.end()) {
    ++shard.misses;
    return nullptr;
  }
  ++shard.hits;
  shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
  return found->second->rewrite;
}

void RewriteCache::keep(std::string_view text, const std::shared_ptr<const Rewrite>& rewrite) {
  const std::size_t bytes = entry_overhead + text.size() + bytes_of(*rewrite);
  if (bytes > shard_bytes_) return;
  const Key key(text);
  Shard& shard = shard_of(key);
  std::list<Entry> gone;  // freed after the mutex
  const std::lock_guard lock(shard.mutex);
  if (shard.by_text.contains(key)) return;
  while (shard.bytes + bytes > shard_bytes_) {
    const auto last = std::prev(shard.entries.end());
    shard.by_text.erase(Key(last->text));
    shard.bytes -= last->bytes;
    gone.splice(gone.begin(), shard.entries, last);
  }
  shard.entries.push_front(Entry{std::string(text), rewrite, bytes});
  shard.by_text.emplace(Key(shard.entries.front().text), shard.entries.begin());
  shard.bytes += bytes;
}

Rewriter::Counts RewriteCache::counts() const {
  Rewriter::Counts counts;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    counts.hits += shard.hits;
    counts.misses += shard.misses;
    counts.entries += shard.entries.size();
    counts.bytes += shard.bytes;
  }
  return counts;
}

}  // namespace occam::rewriter
