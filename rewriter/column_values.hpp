// Which value a column must have in the rows that one statement meets, as its own conditions say:
// `a = $1`, `a = b AND b = 'x'`, or what it gives out. Knows SQL, no rule. Views into the tree and
// the text it was parsed from.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rewriter/parse_tree.hpp"
#include "rewriter/row_access.hpp"

namespace occam::rewriter {

// A parameter, or a constant whose value the tree and the text show beyond doubt; also ::bytea.
std::optional<ValueSource> plain_value(Node expression, const std::string& text);

struct Column {
  std::size_t table = 0;  // in the statement's list
  std::string_view name;
  bool operator==(const Column&) const = default;
};

// column = value, either way round.
struct Equality {
  Column column;
  ValueSource value;
};

class ColumnValues {
 public:
  // The tables as RangeVar nodes, complete: a name that could be of another one is not resolved.
  ColumnValues(std::vector<Node> tables, const std::string& text)
      : tables_(std::move(tables)), text_(text) {}

  // Nothing for what is no column of these tables, or not surely one.
  std::optional<Column> column(Node expression) const;
  std::optional<Equality> equality(Node condition) const;

  // What every row meets: the AND's equalities count, the rest is left aside.
  void require(Node condition);
  // The columns of the answer, in order.
  void give_out(Node target_list);

  // A parameter or a literal.
  std::optional<ValueSource> fixed(const Column& column) const;
  // The same, or the output that shows the column or one equal to it.
  std::optional<ValueSource> known(const Column& column) const;
  // The output that is this very column.
  std::optional<ValueSource> output(const Column& column) const;

 private:
  struct Output {
    Column column;
    std::size_t number;
  };

  // Columns with equal values.
  struct Class {
    std::vector<Column> columns;
    std::optional<ValueSource> value;
  };

  const Class* class_of(const Column& column) const;
  Class& class_for(const Column& column);
  void join(const Column& one, const Column& other);

  std::vector<Node> tables_;
  const std::string& text_;
  std::vector<Class> classes_;
  std::vector<Output> outputs_;
};

}  // namespace occam::rewriter
