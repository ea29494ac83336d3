#include "proxy/relay/limit.hpp"

#include <charconv>

namespace occam::relay {
namespace {

constexpr std::uint64_t rows_near = 2400;                           // of 3,000
constexpr std::size_t bytes_near = std::size_t{8} << 20;            // of 10 MiB
constexpr std::size_t value_near = (std::size_t{1} << 20) * 4 / 5;  // of 1 MiB

bool holds(std::string_view text, std::string_view words) {
  return text.find(words) != std::string_view::npos;
}

}  // namespace

const char* name(Limit limit) {
  switch (limit) {
    case Limit::rows:
      return "rows";
    case Limit::transaction:
      return "transaction_bytes";
    case Limit::value:
      return "value_bytes";
  }
  return "";
}

std::optional<Limit> limit_of(const wire::backend::Error& error) {
  if (error.code != "54000") return std::nullopt;
  if (holds(error.message, "row limit")) return Limit::rows;
  if (holds(error.message, "transaction size limit")) return Limit::transaction;
  if (holds(error.message, "atatype limit greater") ||
      holds(error.message, "maximum column size") || holds(error.message, "maximum row size")) {
    return Limit::value;
  }
  return std::nullopt;
}

std::string_view advice_for(Limit limit, const rewriter::LimitAdvice& advice) {
  switch (limit) {
    case Limit::rows:
      return advice.rows;
    case Limit::transaction:
      return advice.transaction;
    case Limit::value:
      return advice.value;
  }
  return {};
}

std::uint64_t rows_modified(std::string_view tag) {
  const bool modifies =
      tag.starts_with("INSERT ") || tag.starts_with("UPDATE ") || tag.starts_with("DELETE ");
  if (!modifies) return 0;
  const auto digits = tag.substr(tag.rfind(' ') + 1);
  std::uint64_t rows = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), rows);
  return rows;
}

std::optional<Limit> Usage::modified(std::uint64_t rows) {
  rows_ += rows;
  if (told_rows_ || rows_ < rows_near) return std::nullopt;
  told_rows_ = true;
  return Limit::rows;
}

std::optional<Limit> Usage::sent(std::size_t bytes) {
  bytes_ += bytes;
  if (told_bytes_ || bytes_ < bytes_near) return std::nullopt;
  told_bytes_ = true;
  return Limit::transaction;
}

bool Usage::near_value(std::size_t bytes) { return bytes >= value_near; }

}  // namespace occam::relay
