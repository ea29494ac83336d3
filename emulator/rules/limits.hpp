// How much one transaction may do, and the words when it does more (facts/dsql.md §2). The words
// are DSQL's whatever the limit has been lowered to. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/rules/refusal.hpp"

namespace emulator {

struct Limits {
  std::int64_t rows = 3'000;  // changed by one transaction
  // Written by one transaction: rows, index entries and the keys of locked rows.
  std::int64_t bytes = std::int64_t{10} * 1024 * 1024;
  std::int64_t age_ms = 300'000;  // of a transaction
  std::int64_t column_bytes = std::int64_t{1} * 1024 * 1024;
  std::int64_t row_bytes = std::int64_t{2} * 1024 * 1024;
  // Of one index entry. The documentation says 1 KiB, 1,981 bytes were measured.
  std::int64_t key_bytes = 1'981;
  std::int64_t indexes = 24;  // of one table, its primary key among them
};

// "rows=100". False if there is no such limit or the number is not a positive one.
bool set_limit(Limits& limits, std::string_view assignment);

// What one statement has stored, measured row by row.
struct Sizes {
  std::int64_t column = 0;  // the largest value, in bytes
  std::string type;         // of that value's column
  std::int64_t row = 0;
  std::int64_t key = 0;
};

std::optional<Refusal> refuse_rows(std::int64_t rows, const Limits& limits);
std::optional<Refusal> refuse_bytes(std::int64_t bytes, const Limits& limits);
std::optional<Refusal> refuse_age(std::chrono::milliseconds age, const Limits& limits);
std::optional<Refusal> refuse_sizes(const Sizes& sizes, const Limits& limits);
// What there would be of a kind, by the grammar's name of the statement that makes one more.
std::optional<Refusal> refuse_objects(std::string_view created, std::int64_t count);
// `indexes` are those the table would have.
std::optional<Refusal> refuse_indexes(std::int64_t indexes, const Limits& limits);

}  // namespace emulator
