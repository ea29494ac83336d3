// DSQL's limits on a transaction, and how near the open one has come. Pure arithmetic.
// Source of the numbers and of the errors' texts: facts/dsql.md §2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "rewriter/table_rules.hpp"

#include "proxy/wire/backend.hpp"

namespace occam::relay {

enum class Limit {
  rows,         // 3,000 rows modified in a transaction
  transaction,  // 10 MiB in a transaction
  value,        // 1 MiB in a column, 2 MiB in a row
};
inline constexpr std::size_t limits = 3;
const char* name(Limit limit);

// Which of them an error says was passed.
std::optional<Limit> limit_of(const wire::backend::Error& error);
// What the operator was told to do about it; may be empty.
std::string_view advice_for(Limit limit, const rewriter::LimitAdvice& advice);

// The rows that a command tag says were modified.
std::uint64_t rows_modified(std::string_view tag);

// What the open transaction has modified. Tells of each limit once per transaction, at four fifths
// of it, while there is still time.
class Usage {
 public:
  void begin() { *this = Usage(); }
  std::optional<Limit> modified(std::uint64_t rows);
  // Bytes of statements and parameters: less than DSQL counts, which adds index entries and locked
  // keys.
  std::optional<Limit> sent(std::size_t bytes);
  static bool near_value(std::size_t bytes);

 private:
  std::uint64_t rows_ = 0;
  std::size_t bytes_ = 0;
  bool told_rows_ = false;
  bool told_bytes_ = false;
};

}  // namespace occam::relay
