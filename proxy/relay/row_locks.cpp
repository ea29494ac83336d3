#include "proxy/relay/row_locks.hpp"

#include <algorithm>
#include <functional>

namespace occam::relay {

using rewriter::RowKey;
using rewriter::ValueSource;
using wire::frontend::BoundValue;

namespace {

// DSQL lets a transaction lock what fits into 10 MiB (facts/dsql.md §1.6): with keys of 1 KiB that
// many rows.
constexpr std::size_t most_rows = 10'000;

// Many rows cost memory once, not for as long as their session lasts.
constexpr std::size_t kept_rows = 64;

std::size_t hash_of(const RowKey& what, const Executed& executed) {
  std::size_t hash = 0;
  for (const auto& source : what.key) {
    const auto bound = executed.value(source);
    const auto bytes = bound && bound->value ? *bound->value : std::string_view();
    hash = hash * 31 + std::hash<std::string_view>()(bytes);
  }
  return hash;
}

bool same(const RowLocks::Value& known, const BoundValue& bound) {
  return bound.value && known.format == bound.format && known.bytes == *bound.value;
}

}  // namespace

std::optional<BoundValue> Executed::value(const ValueSource& source) const {
  switch (source.kind) {
    case ValueSource::Kind::parameter:
      return bound ? wire::frontend::bound_parameter(*bound, source.number) : std::nullopt;
    case ValueSource::Kind::literal:
      return BoundValue{source.literal, 0};
    case ValueSource::Kind::output:
      if (row == nullptr || source.number >= row->size()) return std::nullopt;
      return BoundValue{
          (*row)[source.number],
          bound ? wire::frontend::result_format(*bound, source.number) : std::int16_t{0}};
  }
  return std::nullopt;
}

bool RowLocks::Row::spelled_as(const Row& other) const {
  return what->lock == other.what->lock && types == other.types &&
         std::equal(key.begin(), key.end(), other.key.begin(), other.key.end(),
                    [](const Value& one, const Value& two) { return one.format == two.format; });
}

void RowLocks::begin() {
  end();
  open_ = true;
}

void RowLocks::end() {
  for (std::size_t i = 0; i < size_; ++i) rows_[i].rewrite.reset();
  size_ = 0;
  if (rows_.size() > kept_rows) {
    rows_.resize(kept_rows);
    rows_.shrink_to_fit();
  }
  open_ = full_ = false;
}

RowLocks::Row* RowLocks::find(const RowKey& what, std::string_view types,
                              const Executed& executed) {
  if (size_ == 0 || full_) return nullptr;
  const std::size_t hash = hash_of(what, executed);
  for (std::size_t i = 0; i < size_; ++i) {
    auto& row = rows_[i];
    if (row.hash != hash) continue;
    // The text names the table as the client did: the same name may be in several schemas.
    if (row.what != &what && row.what->lock != what.lock) continue;
    if (row.types != types || row.key.size() != what.key.size()) continue;
    bool all = true;
    for (std::size_t k = 0; all && k < row.key.size(); ++k) {
      const auto bound = executed.value(what.key[k]);
      all = bound && same(row.key[k], *bound);
    }
    if (all) return &row;
  }
  return nullptr;
}

RowLocks::Row* RowLocks::enter(const std::shared_ptr<const rewriter::Rewrite>& rewrite,
                               const RowKey& what, std::string_view types,
                               const Executed& executed) {
  if (auto* known = find(what, types, executed)) return known;
  const bool whole = std::all_of(what.key.begin(), what.key.end(), [&](const auto& source) {
    const auto bound = executed.value(source);
    return bound && bound->value;
  });
  if (!whole) return nullptr;
  if (full_ || size_ == most_rows) {
    full_ = true;
    return nullptr;
  }
  if (size_ == rows_.size()) rows_.emplace_back();
  auto& row = rows_[size_++];
  row.rewrite = rewrite;
  row.what = &what;
  row.types = types;
  row.hash = hash_of(what, executed);
  row.key.resize(what.key.size());
  for (std::size_t k = 0; k < row.key.size(); ++k) {
    const auto bound = executed.value(what.key[k]);
    row.key[k].bytes = *bound->value;
    row.key[k].format = bound->format;
  }
  row.version.reset();
  row.locked = false;
  return &row;
}

std::string key_types(const RowKey& what, std::string_view declared) {
  wire::Reader reader(declared);
  const std::size_t count = declared.empty() ? 0 : static_cast<std::uint16_t>(reader.i16());
  if (count == 0) return {};
  std::string types;
  bool any = false;
  wire::append_i16(types, static_cast<std::int16_t>(what.key.size()));
  for (const auto& source : what.key) {
    std::int32_t type = 0;
    if (source.kind == ValueSource::Kind::parameter && source.number <= count) {
      wire::Reader list(reader.rest());
      list.take(4 * (source.number - 1));
      type = list.i32();
    }
    any = any || type != 0;
    wire::append_i32(types, type);
  }
  return any ? types : std::string();
}

}  // namespace occam::relay
