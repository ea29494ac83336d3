#include "emulator/rules/limits.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace emulator {
namespace {

constexpr auto program_limit_exceeded = "54000";

std::int64_t rounded_up(std::int64_t amount, std::int64_t unit) {
  return (amount + unit - 1) / unit;
}

}  // namespace

bool set_limit(Limits& limits, std::string_view assignment) {
  const std::array<std::pair<std::string_view, std::int64_t*>, 7> known = {{
      {"rows", &limits.rows},
      {"bytes", &limits.bytes},
      {"age_ms", &limits.age_ms},
      {"column_bytes", &limits.column_bytes},
      {"row_bytes", &limits.row_bytes},
      {"key_bytes", &limits.key_bytes},
      {"indexes", &limits.indexes},
  }};
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos) return false;
  const auto value = assignment.substr(equals + 1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number <= 0) return false;
  for (const auto& [name, limit] : known) {
    if (name != assignment.substr(0, equals)) continue;
    *limit = number;
    return true;
  }
  return false;
}

// M EMU and ADR-DE 2026-09.
std::optional<Refusal> refuse_rows(std::int64_t rows, const Limits& limits) {
  if (rows <= limits.rows) return std::nullopt;
  return Refusal{"limit_rows", program_limit_exceeded, "transaction row limit exceeded"};
}

// O LIM 2026-10; whether <n> is rounded up or to the nearest is not recorded.
std::optional<Refusal> refuse_bytes(std::int64_t bytes, const Limits& limits) {
  if (bytes <= limits.bytes) return std::nullopt;
  constexpr std::int64_t mebibyte = std::int64_t{1024} * 1024;
  return Refusal{
      "limit_bytes", program_limit_exceeded, "transaction size limit 10mb exceeded",
      "Current transaction size " + std::to_string(rounded_up(bytes, mebibyte)) + "mb > 10mb"};
}

// O LIM 2026-10.
std::optional<Refusal> refuse_age(std::chrono::milliseconds age, const Limits& limits) {
  if (age.count() <= limits.age_ms) return std::nullopt;
  return Refusal{"limit_age", program_limit_exceeded, "transaction age limit of 300s exceeded",
                 "Current transaction age " + std::to_string(rounded_up(age.count(), 1'000)) +
                     "s exceeds 300s"};
}

// The column's text as measured (O LIM), the others as documented (D Q).
std::optional<Refusal> refuse_sizes(const Sizes& sizes, const Limits& limits) {
  if (sizes.column > limits.column_bytes)
    return Refusal{"limit_column", program_limit_exceeded,
                   "datatype limit greater than 1048576 bytes not supported for " + sizes.type};
  if (sizes.key > limits.key_bytes)
    return Refusal{"limit_key", program_limit_exceeded, "key size too large"};
  if (sizes.row > limits.row_bytes)
    return Refusal{"limit_row", program_limit_exceeded, "maximum row size exceeded"};
  return std::nullopt;
}

// D Q. Whether the schema `public` counts among the ten is not said; here it does not.
std::optional<Refusal> refuse_objects(std::string_view created, std::int64_t count) {
  struct Most {
    std::string_view created;
    std::int64_t count;
    const char* message;
  };
  static constexpr std::array known = {
      Most{"CreateSchema", 10, "more than 10 schemas not allowed"},
      Most{"Create", 1'000, "creating more than 1000 tables not allowed"},
      Most{"View", 5'000, "creating more than 5000 views not allowed"},
      Most{"CreateSeq", 5'000, "creating more than 5000 sequences is not allowed"},
  };
  for (const auto& most : known)
    if (most.created == created && count > most.count)
      return Refusal{"limit_objects", program_limit_exceeded, most.message};
  return std::nullopt;
}

// D Q.
std::optional<Refusal> refuse_indexes(std::int64_t indexes, const Limits& limits) {
  if (indexes <= limits.indexes) return std::nullopt;
  return Refusal{"limit_indexes", program_limit_exceeded,
                 "more than 24 indexes per table are not allowed"};
}

}  // namespace emulator
