#include "rewriter/definitions/type_names.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>

namespace occam::rewriter {
namespace {

struct Spelling {
  std::string_view name;  // in pg_type
  std::string_view spelled;
  std::string_view behind;  // what follows the length
};

constexpr Spelling spellings[] = {
    {"int2", "smallint", ""},
    {"int4", "integer", ""},
    {"int8", "bigint", ""},
    {"float4", "real", ""},
    {"float8", "double precision", ""},
    {"bool", "boolean", ""},
    {"varchar", "character varying", ""},
    {"bpchar", "character", ""},
    {"time", "time", " without time zone"},
    {"timetz", "time", " with time zone"},
    {"timestamp", "timestamp", " without time zone"},
    {"timestamptz", "timestamp", " with time zone"},
};

constexpr std::string_view varying = "character varying";

std::string_view last_name(Node type_name) {
  std::string_view last;
  for (Node name = type_name.at("names").first(); name; name = name.next()) {
    last = name.text("sval");
  }
  return last;
}

std::string lengths(Node type_name) {
  std::string list;
  for (Node one = type_name.at("typmods").first(); one; one = one.next()) {
    list.append(list.empty() ? "" : ",").append(std::to_string(one.at("ival").number("ival")));
  }
  return list.empty() ? list : "(" + list + ")";
}

// Nothing for what is no character varying; its length, or the largest number without one.
std::int64_t varying_length(std::string_view spelled) {
  if (spelled == varying || spelled == "text") return std::numeric_limits<std::int64_t>::max();
  if (spelled.substr(0, varying.size() + 1) != "character varying(") return -1;
  std::int64_t length = -1;
  const auto digits = spelled.substr(varying.size() + 1);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  return std::string_view(read.ptr, digits.data() + digits.size()) == ")" ? length : -1;
}

int integer_size(std::string_view spelled) {
  return spelled == "smallint" ? 2 : spelled == "integer" ? 4 : spelled == "bigint" ? 8 : 0;
}

}  // namespace

std::string spelled_type(Node type_name) {
  const std::string_view name = last_name(type_name);
  const Node first = type_name.at("names").first();
  if (first.next() && first.text("sval") != "pg_catalog") {
    return std::string(first.text("sval")) + "." + std::string(name);
  }
  const auto known = std::find_if(std::begin(spellings), std::end(spellings),
                                  [name](const Spelling& one) { return one.name == name; });
  std::string spelled =
      known == std::end(spellings)
          ? std::string(name) + lengths(type_name)
          : std::string(known->spelled) + lengths(type_name) + std::string(known->behind);
  for (Node one = type_name.at("arrayBounds").first(); one; one = one.next()) spelled += "[]";
  return spelled;
}

std::string spelled_type(const std::string& words) {
  const auto tree = ParseTree::parse("SELECT CAST(NULL AS " + words + ")");
  if (!tree) return {};
  const Node target = tree->statements().front().at("targetList").first();
  return spelled_type(target.at("val").at("typeName"));
}

bool is_bytea(Node type_name) {
  return last_name(type_name) == "bytea" && !type_name.at("arrayBounds");
}

std::string_view serial_type(Node type_name) {
  const std::string_view name = last_name(type_name);
  if (type_name.at("names").first().next()) return {};  // of a schema: no such word
  for (const std::string_view serial :
       {"bigserial", "serial8", "serial", "serial4", "smallserial", "serial2"}) {
    if (name == serial) return serial;
  }
  return {};
}

bool widens(std::string_view from, std::string_view to) {
  return varying_length(from) >= 0 && varying_length(from) <= varying_length(to) && from != "text";
}

bool holds_every_value(std::string_view wider, std::string_view narrower) {
  if (varying_length(narrower) >= 0) return varying_length(narrower) <= varying_length(wider);
  return integer_size(narrower) > 0 && integer_size(narrower) <= integer_size(wider);
}

}  // namespace occam::rewriter
