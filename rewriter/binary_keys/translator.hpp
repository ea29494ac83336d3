// The walk over one text's statements: every query comes to give out the client's bytes, and stored
// hex text is met by hex text where that is safe and lets an index work; anywhere else the stored
// column is decoded, which is always right. Knows SQL and which columns are keys.
// Serves one text and is thrown away; the reading and the rules must outlive it.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rewriter/binary_keys/pen.hpp"
#include "rewriter/binary_keys/scope.hpp"
#include "rewriter/binary_keys/spans.hpp"
#include "rewriter/translation.hpp"

namespace occam::rewriter {

// In which form a query's outputs are wanted: bytes, unless said otherwise by position.
struct Outputs {
  std::vector<bool> hex;
  bool unread = false;  // EXISTS: no one looks at them

  bool hex_at(std::size_t position) const { return position < hex.size() && hex[position]; }
  bool any_hex() const;
};

class Translator {
 public:
  Translator(const Reading& reading, const TableRules& rules)
      : rules_(rules), spans_(reading.text, reading.tokens), pen_(reading) {}

  void statement(Node node);
  Translation done();

 private:
  struct WithQuery {
    std::string_view name;
    bool known;
    std::vector<std::string_view> columns;
  };
  // What stands under a name in a SELECT list.
  struct Named {
    std::size_t count = 0;
    // The stored column that all of them are; null: there is none.
    const Source* source = nullptr;
    std::string_view column;
    bool starred = false;  // a star gives out a stored column as one of them
  };

  using Names = std::map<std::string_view, Named>;

  // queries.cpp
  void query(Node select, const Scope* outer, const Outputs& outputs);
  void simple_select(Node select, const Scope* outer, const Outputs& outputs);
  void from_item(Node item, const Scope& scope);
  void group(Node element, Scope& scope);
  void distinct(Node select, const Scope& scope, const Names& names);
  void order(Node select, const Scope& scope, const Names& names, const Outputs& outputs);
  bool is_distinct_hex(Node by, Node select, const Scope& scope, const Outputs& outputs) const;
  void order_by_output(Node by, const Named& output, const Scope& scope, bool default_order);
  Names names_of(Node targets, const Scope& scope) const;

  // outputs.cpp
  void targets(Node list, const Scope& scope, const Outputs& outputs);
  void target(Node element, const Scope& scope, bool hex);
  std::size_t star(Node element, const Scope& scope, const Outputs& outputs, std::size_t position);
  bool may_be_hex(Node select, std::size_t position, const Scope* outer);

  // sources.cpp
  Scope scope_of(Node from, const Scope* outer);
  void add_sources(Node item, const Scope* outer, Scope& scope);
  void add_join(Node join, const Scope* outer, Scope& scope);
  Source table(Node range_var);
  Source sub_select(Node item, const Scope* outer);
  bool columns_of(Node query, const Scope* outer, std::vector<std::string_view>& columns);
  void with(Node clause, const Scope* outer, bool translate);

  // expressions.cpp
  void expression(Node node, const Scope* scope);
  void children(Node node, const Scope* scope);
  void column(Node node, const Scope* scope);
  bool is_key(Node node, const Scope* scope) const;      // stored, and may be used as it is
  bool may_encode(Node node, const Scope* scope) const;  // simple enough to be found in the text
  void encode(Node node, std::optional<Span> span, const Scope* scope);

  // comparisons.cpp
  bool comparison(Node node, const Scope* scope);
  void pair(Node left, Node right, const Scope* scope);
  void rows(Node left, Node right, const Scope* scope);
  void list(Node left, Node items, const Scope* scope);
  void row_list(Node left, Node items, const Scope* scope);
  void sub_select_comparison(Node left, Node select, const Scope* scope);
  void sub_link(Node node, const Scope* scope);

  // writes.cpp
  void write(Node node, const Scope* outer);
  void insert(Node node, const Scope* outer);
  void insert_values(Node node, const std::vector<bool>& keys, const Scope* outer);
  void insert_query(Node node, const std::vector<bool>& keys, const Scope* outer);
  void on_conflict(Node clause, const Source& target, const Scope* outer);
  void update(Node node, const Scope* outer);
  void remove(Node node, const Scope* outer);
  void assignments(Node list, const Source& target, const Scope& scope);
  void assign_several(Node first, const Source& target, const Scope& scope);
  void assign_source(Node source, const std::vector<bool>& keys, const Scope& scope);

  void refuse(std::string what, std::string hint);
  void refuse_growth();

  const TableRules& rules_;
  Spans spans_;
  Pen pen_;
  std::vector<WithQuery> with_;  // visible where the walk stands
  std::unique_ptr<const Refusal> refusal_;
};

}  // namespace occam::rewriter
