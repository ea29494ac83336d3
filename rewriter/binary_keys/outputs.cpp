#include "rewriter/binary_keys/names.hpp"
#include "rewriter/binary_keys/translator.hpp"

namespace occam::rewriter {
namespace {

// The server parses both sides of UNION ALL and refuses them if they differ in number, then throws
// the whole condition away: it costs nothing when the statement runs. That the names are the
// table's, it finds where they stand.
std::string guarded(const Source& source, const std::string& column) {
  std::string nulls;
  for (std::size_t i = 0; i < source.columns.size(); ++i) nulls += i == 0 ? "NULL" : ", NULL";
  return "CASE WHEN false AND EXISTS (SELECT " + written_first(source.name) +
         ".* UNION ALL SELECT " + nulls + ") THEN NULL ELSE " + column + " END";
}

}  // namespace

void Translator::targets(Node list, const Scope& scope, const Outputs& outputs) {
  std::size_t position = 0;
  for (Node element = list.first(); element && !refusal_; element = element.next()) {
    const Node value = element.at("val");
    if (value.type() == "ColumnRef" && is_star(value)) {
      position += star(element, scope, outputs, position);
    } else {
      target(element, scope, outputs.hex_at(position));
      ++position;
    }
  }
}

void Translator::target(Node element, const Scope& scope, bool hex) {
  const Node value = element.at("val");
  const bool named = static_cast<bool>(element.at("name"));
  if (value.type() == "ColumnRef") {
    const Meaning meaning = meaning_of(value, &scope);
    if (hex && meaning.kind == Meaning::Kind::key) return;
    const auto span = spans_.of_column(value);
    if (meaning.kind == Meaning::Kind::key && span) {
      const std::string_view name = named ? std::string_view() : column_name(value);
      pen_.decode(value, *span, name);
      if (named) return;
      // Behind brackets around the column, if there are any.
      const auto whole = spans_.of_target(element);
      return pen_.name(element, whole ? *whole : *span, name);
    }
  }
  if (hex) {
    const auto span = spans_.of_target(element);
    encode(value, span, &scope);
    // ORDER BY may call it by the name that it would have had.
    const std::string_view name = figured_name(value);
    if (!named && span && name != "?column?") pen_.name(element, *span, name);
    return;
  }
  expression(value, &scope);
  const Node column = named ? Node() : naming_column(value);
  if (!column || is_star(column) || meaning_of(column, &scope).kind != Meaning::Kind::key) {
    return;
  }
  const auto span = spans_.of_target(element);
  if (span) return pen_.name(element, *span, column_name(column));
  refuse("an output without a name in this place", "Name it with AS.");
}

// The number of columns it stands for, where that is known.
std::size_t Translator::star(Node element, const Scope& scope, const Outputs& outputs,
                             std::size_t position) {
  const Node value = element.at("val");
  const bool all = !value.at("fields").first().next();
  const Source* one = all ? nullptr : source_of_star(value, &scope);
  std::vector<const Source*> covered;
  bool keys = false;
  if (all) {
    for (const Source& source : scope.sources) covered.push_back(&source);
  } else if (one != nullptr) {
    covered.push_back(one);
  }
  bool counted = true;
  for (const Source* source : covered) {
    keys = keys || source->rule != nullptr;
    counted = counted && source->rule != nullptr;
  }
  if (outputs.any_hex() && !(counted && keys)) {
    refuse("INSERT of *, which does not tell where the keys stand", "Name the columns.");
    return 0;
  }
  if (!keys || outputs.unread) return 0;
  const auto span = spans_.of_column(value);
  if (!span || (all && scope.merges)) {
    refuse("* in this place", "Name the columns.");
    return 0;
  }
  std::string words;
  std::size_t count = 0;
  for (const Source* source : covered) {
    const std::string table = written_first(source->name) + ".";
    if (source->rule == nullptr) {
      if (source->name.empty()) refuse("* over a function", "Give the function an alias.");
      words += (words.empty() ? "" : ", ") + table + "*";
      ++count;
      continue;
    }
    if (!source->known) {
      refuse("* over " + std::string(source->table),
             "Name the columns, or list them in the table's rule under `columns`.");
    }
    bool first = true;
    for (const std::string_view name : source->columns) {
      const std::string column = table + written(name);
      words += words.empty() ? "" : ", ";
      if (source->has_key(name)) {
        const std::string stored = first ? guarded(*source, column) : column;
        const bool hex = outputs.hex_at(position + count);
        words += (hex ? stored : "decode(" + stored + ",'hex')") + " AS " + written(name);
        first = false;
      } else {
        words += column;
      }
      ++count;
    }
  }
  pen_.expand(element, *span, std::move(words), count);
  refuse_growth();
  return count;
}

// Whether a sub-select can give out one of its outputs as hex, to be compared with a stored column.
// A parameter or an untyped literal is text there, which PostgreSQL does not compare with bytea.
bool Translator::may_be_hex(Node select, std::size_t position, const Scope* outer) {
  if (select.at("valuesLists") || (select.at("distinctClause") && select.at("sortClause"))) {
    return false;
  }
  const std::size_t outside = with_.size();
  with(select.at("withClause"), outer, false);
  bool may = true;
  if (select.at("larg")) {
    may = may_be_hex(select.at("larg"), position, outer) &&
          may_be_hex(select.at("rarg"), position, outer);
  } else {
    Node target = select.at("targetList").first();
    for (Node one = target; one; one = one.next()) {
      may = may && !(one.at("val").type() == "ColumnRef" && is_star(one.at("val")));
    }
    for (; position > 0 && target; --position) target = target.next();
    const Node value = target.at("val");
    if (may && target) {
      const Scope scope = scope_of(select.at("fromClause"), outer);
      const bool simple =
          !select.at("groupClause") && !select.at("distinctClause") &&
          (value.type() == "ColumnRef" || (value.type() == "FuncCall" && !select.at("sortClause")));
      may = is_key(value, &scope) || (simple && may_encode(value, &scope));
    }
    may = may && target;
  }
  with_.resize(outside);
  return may;
}

}  // namespace occam::rewriter
