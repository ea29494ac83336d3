#include "rewriter/binary_keys/scope.hpp"

#include <algorithm>
#include <array>

#include "rewriter/binary_keys/names.hpp"

namespace occam::rewriter {
namespace {

constexpr auto system_columns =
    std::to_array<std::string_view>({"ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"});

bool is_system(std::string_view column) {
  return std::find(system_columns.begin(), system_columns.end(), column) != system_columns.end();
}

// The qualifier's parts, without the column: {schema, table} or {"", table}. A database before them
// is the one connected to, or an error.
struct Qualifier {
  std::string_view schema;
  std::string_view table;
};

Qualifier qualifier_of(Node column_ref) {
  Qualifier found;
  for (Node field = column_ref.at("fields").first(); field.next(); field = field.next()) {
    found.schema = found.table;
    found.table = field.text("sval");
  }
  return found;
}

const Source* find_source(const Qualifier& qualifier, const Scope* scope, const Scope** where) {
  for (; scope != nullptr; scope = scope->outer) {
    for (const Source& source : scope->sources) {
      if (source.name != qualifier.table || source.name.empty()) continue;
      // s.t names a table of that schema, whether or not FROM says which schema t is of.
      if (!qualifier.schema.empty() && !source.schema.empty() &&
          source.schema != qualifier.schema) {
        continue;
      }
      *where = scope;
      return &source;
    }
  }
  return nullptr;
}

Meaning meaning_of_qualified(Node column_ref, const Scope* scope) {
  Meaning meaning;
  meaning.source = find_source(qualifier_of(column_ref), scope, &meaning.scope);
  if (meaning.source == nullptr || meaning.source->rule == nullptr) return meaning;
  const std::string_view column = column_name(column_ref);
  if (meaning.source->has_key(column)) {
    meaning.kind = Meaning::Kind::key;
  } else if (meaning.source->known && !meaning.source->has(column) && !is_system(column)) {
    meaning.kind = Meaning::Kind::not_a_column;  // t.f may also be the function f of the row t
  }
  return meaning;
}

}  // namespace

bool Source::has_key(std::string_view column) const {
  return rule != nullptr && std::find(rule->binary_keys.begin(), rule->binary_keys.end(), column) !=
                                rule->binary_keys.end();
}

bool Source::has(std::string_view column) const {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

Meaning meaning_of(Node column_ref, const Scope* scope) {
  if (column_ref.at("fields").first().next()) return meaning_of_qualified(column_ref, scope);
  const std::string_view name = column_name(column_ref);
  bool unsure = false;  // a nearer source may have a column of this name
  for (const Scope* here = scope; here != nullptr; here = here->outer) {
    bool unknown = false;
    for (const Source& source : here->sources) {
      if (source.has_key(name)) {
        return {unsure ? Meaning::Kind::uncertain : Meaning::Kind::key, &source, here};
      }
      unknown = unknown || !source.known;
    }
    for (const Source& source : here->sources) {
      if (source.has(name)) return {};
    }
    unsure = unsure || unknown;
  }
  const Scope* where = nullptr;
  const Source* row = find_source({{}, name}, scope, &where);
  if (row != nullptr && row->rule != nullptr) return {Meaning::Kind::whole_row, row, where};
  return {};
}

const Source* source_of_star(Node column_ref, const Scope* scope) {
  const Scope* where = nullptr;
  return find_source(qualifier_of(column_ref), scope, &where);
}

const TableRule* any_rule_of(Node range_var, const TableRules& rules) {
  const std::string_view schema = range_var.text("schemaname");
  if (schema == "pg_catalog" || schema == "information_schema" || schema == "pg_temp") {
    return nullptr;
  }
  const auto found = rules.tables.find(range_var.text("relname"));
  return found == rules.tables.end() ? nullptr : &found->second;
}

const TableRule* rule_of(Node range_var, const TableRules& rules) {
  const TableRule* rule = any_rule_of(range_var, rules);
  return rule == nullptr || rule->binary_keys.empty() ? nullptr : rule;
}

}  // namespace occam::rewriter
