// Which fields each message has, once for writing and reading: the transcript's format.
// Source: PostgreSQL manual, "Message Formats".
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "proxy/trace/transcript.hpp"

namespace occam::trace {

enum class Field {
  none,           // after the last field
  text,           // a zero-terminated string
  letter,         // one byte: S or P, I, T or E
  tiny,           // Int8
  small,          // Int16
  number,         // Int32
  oid,            // Int32, unsigned
  version,        // Int32 as major.minor
  value,          // Int32 length, or -1 for NULL, and that many bytes
  rest,           // all the bytes that are left
  oids,           // Int16 count (unsigned), each an oid
  formats,        // Int16 count, each Int16
  values,         // Int16 count (unsigned), each a value; in brackets
  row,            // the same without brackets
  names,          // strings up to an empty one
  counted_names,  // Int32 count, strings
  pairs,          // pairs of strings up to an empty name
  report,         // the fields of ErrorResponse and NoticeResponse
  columns,        // Int16 count, the columns of a RowDescription
};

struct Item {
  Field field = Field::none;
  std::string_view key = "";  // key=..., and left out when the list is empty
};

// Stands for a type where there is none: a startup packet. No message has it.
inline constexpr char startup = '\0';

struct Layout {
  std::string_view name;
  char type;
  Direction direction;
  std::array<Item, 5> items;
  std::int32_t code = -1;  // 0 and above: the body begins with this Int32, which is not written out
  bool secret = false;
};

// In this order of preference where one type byte has several layouts.
std::span<const Layout> layouts();

// A column of RowDescription; the values here are those that may be left out.
struct ColumnNumber {
  std::string_view key;
  bool wide;  // Int32, otherwise Int16
  std::int64_t usual;
};
inline constexpr std::array<ColumnNumber, 6> column_numbers{{
    {"table", true, 0},
    {"column", false, 0},
    {"oid", true, 25},
    {"size", false, -1},
    {"modifier", true, -1},
    {"format", false, 0},
}};

}  // namespace occam::trace
