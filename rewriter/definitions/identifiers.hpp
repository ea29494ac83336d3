// Names and values as they may stand in a text for the server, and the names PostgreSQL would give.
// The one place that quotes. Knows no rule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// Quoted only where it must be.
std::string quote_ident(std::string_view name);
std::string quote_literal(std::string_view value);

// A table as the statement named it.
struct Relation {
  std::string schema;  // empty: by the search_path
  std::string name;

  explicit Relation(Node range_var)
      : schema(range_var.text("schemaname")), name(range_var.text("relname")) {}

  std::string quoted() const;
  // Another object of the table's schema.
  std::string sibling(std::string_view object) const;
  // 't'::regclass
  std::string regclass() const;
};

// As PostgreSQL's makeObjectName(): within 63 bytes, the longer of both names cut.
std::string object_name(std::string_view name, std::string_view second, std::string_view label);

// Eight letters and digits: tells what was made for one text from what was made for another.
std::string digest_of(std::string_view text);

// The names of a list of columns, in an index's or constraint's name.
std::string joined(const std::vector<std::string>& words, std::string_view between);

}  // namespace occam::rewriter
