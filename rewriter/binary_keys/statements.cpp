#include <algorithm>
#include <array>
#include <utility>

#include "rewriter/binary_keys/translator.hpp"
#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

// They name a table, and read or write no column of it; definitions are another rewrite's.
constexpr auto left_alone = std::to_array<std::string_view>(
    {"AlterObjectSchemaStmt", "AlterOwnerStmt", "AlterSeqStmt", "AlterTableStmt", "ClusterStmt",
     "CommentStmt", "CreateSeqStmt", "CreateStatsStmt", "CreateStmt", "DropStmt", "GrantStmt",
     "IndexStmt", "LockStmt", "ReindexStmt", "RenameStmt", "TruncateStmt", "VacuumStmt"});

// A text full of stars would become many times as long.
constexpr std::size_t most_bytes = std::size_t{512} << 10;

const TableRule* first_rule(Node node, const TableRules& rules, std::string_view& table) {
  const TableRule* found = nullptr;
  walk(node, [&](Node inner) {
    if (found != nullptr) return false;
    if (inner.shape() == Cell::Shape::object && inner.at("relname")) {
      found = rule_of(inner, rules);
      if (found != nullptr) table = inner.text("relname");
    }
    return true;
  });
  return found;
}

// The table whose row type is named: its binary keys have the stored type there.
std::string_view row_type_in(Node statement, const TableRules& rules) {
  std::string_view table;
  walk(statement, [&](Node node) {
    if (!table.empty() || (node.type() != "TypeName" && node.field() != "typeName")) {
      return table.empty();
    }
    std::string_view schema;
    std::string_view name;
    for (Node part = node.at("names").first(); part; part = part.next()) {
      schema = name;
      name = part.text("sval");
    }
    const auto rule = rules.tables.find(name);
    if (schema != "pg_catalog" && rule != rules.tables.end() && !rule->second.binary_keys.empty()) {
      table = name;
    }
    return table.empty();
  });
  return table;
}

// CREATE TABLE ... (LIKE t): the new table would have the stored types, and no rule.
bool takes_columns_over(Node create, const TableRules& rules, std::string_view& table) {
  for (Node element = create.at("tableElts").first(); element; element = element.next()) {
    if (element.type() == "TableLikeClause" && first_rule(element, rules, table) != nullptr) {
      return true;
    }
  }
  return false;
}

// What a query is kept under: a view, or a table made from it. It gives bytes, and a name that has
// a rule is taken for hex text.
Node made_by(Node statement) {
  const std::string_view type = statement.type();
  if (type == "ViewStmt") return statement.at("view");
  if (type == "CreateTableAsStmt") return statement.at("into").at("rel");
  while (const Node left = statement.at("larg")) statement = left;
  return statement.at("intoClause").at("rel");
}

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

bool holds_word(std::string_view text, std::string_view lower) {
  for (std::size_t at = 0; at + lower.size() <= text.size(); ++at) {
    if (!same_word(text.substr(at, lower.size()), lower)) continue;
    const std::size_t end = at + lower.size();
    if ((at == 0 || !in_name(text[at - 1])) && (end == text.size() || !in_name(text[end]))) {
      return true;
    }
  }
  return false;
}

// A body is a string that is not parsed.
std::string_view named_in_a_string(Node statement, const TableRules& rules) {
  std::string_view table;
  walk(statement, [&](Node node) {
    for (const auto& [name, rule] : rules.tables) {
      if (table.empty() && node.shape() == Cell::Shape::string && !rule.binary_keys.empty() &&
          holds_word(node.text(), name)) {
        table = name;
      }
    }
    return table.empty();
  });
  return table;
}

}  // namespace

void Translator::statement(Node node) {
  const std::string_view row = row_type_in(node, rules_);
  if (!row.empty()) {
    return refuse("the row type of " + std::string(row), "Name the columns and their types.");
  }
  if (const Node made = made_by(node); made && rule_of(made, rules_) != nullptr) {
    return refuse("a query kept as " + std::string(made.text("relname")), "Choose another name.");
  }
  const std::string_view type = node.type();
  if (type == "SelectStmt") return query(node, nullptr, {});
  if (type == "InsertStmt" || type == "UpdateStmt" || type == "DeleteStmt") {
    return write(node, nullptr);
  }
  std::string_view table;
  if (type == "DoStmt" || type == "CreateFunctionStmt") {
    table = named_in_a_string(node, rules_);
    if (table.empty()) return;
    return refuse("a body that names " + std::string(table), "Send its statements one by one.");
  }
  if (first_rule(node, rules_, table) == nullptr) return;
  if (type == "CreateStmt" && takes_columns_over(node, rules_, table)) {
    return refuse("LIKE " + std::string(table), "Write the columns down.");
  }
  if (type == "ExplainStmt" || type == "PrepareStmt" || type == "DeclareCursorStmt" ||
      type == "CreateTableAsStmt" || type == "ViewStmt" ||
      (type == "CopyStmt" && !node.at("relation"))) {
    return statement(node.at("query"));
  }
  if (std::find(left_alone.begin(), left_alone.end(), type) != left_alone.end()) return;
  if (type == "CopyStmt") {
    return refuse("COPY of " + std::string(table),
                  "COPY (SELECT ...) TO and INSERT are translated.");
  }
  refuse("a statement of this kind that names " + std::string(table),
         "SELECT, INSERT, UPDATE and DELETE are translated.");
}

void Translator::refuse_growth() {
  if (pen_.bytes() <= most_bytes) return;
  refuse("a statement that would grow by more than " + std::to_string(most_bytes) + " bytes",
         "Name the columns in place of *, or send fewer values.");
}

Translation Translator::done() {
  refuse_growth();
  if (refusal_) {
    Translation refused;
    refused.refusal = std::move(refusal_);
    refused.needed = true;
    return refused;
  }
  Translation translation = pen_.done();
  translation.needed = true;
  return translation;
}

}  // namespace occam::rewriter
