// The rows of the open transaction whose locks Occam keeps account of: those that were read where
// the locking clause was not sent, and those that are locked upstream. Plain values; what is sent
// for them is Exchange's. A row is known by the values of its key as they were bound: the same row
// spelled in another way, be it its table, counts as another, so whoever asks must not rely on
// finding it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rewriter/rewriter.hpp"

#include "proxy/wire/frontend.hpp"

namespace occam::relay {

// What a statement was executed with, and one row of its answer: what ValueSource speaks of. Views.
struct Executed {
  std::optional<std::string_view> bound;  // a Bind's `rest`; nothing for a simple Query
  const std::vector<std::optional<std::string_view>>* row = nullptr;

  // Nothing: the statement has no such parameter or column.
  std::optional<wire::frontend::BoundValue> value(const rewriter::ValueSource& source) const;
};

class RowLocks {
 public:
  struct Value {
    std::string bytes;
    std::int16_t format = 0;
    bool null = false;  // of a version only: no check finds it, so the transaction cannot go on
    wire::frontend::BoundValue view() const {
      return {null ? std::nullopt : std::optional<std::string_view>(bytes), format};
    }
    bool operator==(const Value&) const = default;
  };
  struct Row {
    std::shared_ptr<const rewriter::Rewrite> rewrite;  // owns `what`
    const rewriter::RowKey* what = nullptr;
    std::string types;     // of the key's parameters, as a Parse carries them; empty: the server's
    std::size_t hash = 0;  // of the key's bytes
    std::vector<Value> key;
    std::optional<Value> version;  // as it was seen, until the row is written
    bool locked = false;           // upstream
    // Then other values are another row.
    bool spelled_as(const Row& other) const;
  };

  // A transaction begins, or is over.
  void begin();
  void end();
  bool open() const { return open_; }

  // Null if there is none under these values, or if full(); `types` as in Row.
  Row* find(const rewriter::RowKey& what, std::string_view types, const Executed& executed);
  // Finds it, or enters it. Null if a value of the key is NULL or missing (no row has it), or if
  // there is no more room: full() from then on.
  Row* enter(const std::shared_ptr<const rewriter::Rewrite>& rewrite, const rewriter::RowKey& what,
             std::string_view types, const Executed& executed);
  std::size_t size() const { return size_; }
  Row& operator[](std::size_t index) { return rows_[index]; }
  std::size_t index_of(const Row& row) const {
    return static_cast<std::size_t>(&row - rows_.data());
  }
  // Rows had to be left out: the transaction must not go on.
  bool full() const { return full_; }

 private:
  bool open_ = false;
  bool full_ = false;
  std::vector<Row> rows_;  // the first size_ are used; the others keep their memory
  std::size_t size_ = 0;
};

// The declared types of the key's parameters, out of those of the client's Parse; empty if the
// server was left to find them.
std::string key_types(const rewriter::RowKey& what, std::string_view declared);

}  // namespace occam::relay
