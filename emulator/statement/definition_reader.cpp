#include "emulator/statement/definition_reader.hpp"

#include <algorithm>
#include <utility>

#include "emulator/statement/columns.hpp"
#include "emulator/statement/tree.hpp"

namespace emulator {
namespace {

using occam::rewriter::Node;
using occam::rewriter::Token;
using occam::rewriter::TokenKind;

// "schema.name" of a list of words, or the one word itself.
std::string joined(Node object) {
  if (object.type() == "String") return std::string(object.text("sval"));
  if (object.type() == "ObjectWithArgs") return joined(object.at("objname"));
  if (object.type() == "TypeName") return joined(object.at("names"));
  if (object.at("items")) object = object.at("items");
  std::string name;
  for (auto part = object.first(); part; part = part.next()) {
    if (!name.empty()) name += '.';
    name += part.text("sval");
  }
  return name;
}

void read_persistence(Node relation, Definition& definition) {
  definition.temporary =
      relation.text("relpersistence") == "t" || relation.text("schemaname") == "pg_temp";
  definition.unlogged = relation.text("relpersistence") == "u";
}

Definition read_table(Node node) {
  Definition definition;
  definition.object = "OBJECT_TABLE";
  definition.names = {relation_name(node.at("relation"))};
  read_persistence(node.at("relation"), definition);
  definition.partitioned = static_cast<bool>(node.at("partspec"));
  definition.partition = static_cast<bool>(node.at("partbound"));
  definition.inherits = node.at("inhRelations") && !definition.partition;
  definition.typed = static_cast<bool>(node.at("ofTypename"));
  for (auto part = node.at("tableElts").first(); part; part = part.next()) {
    if (part.type() == "ColumnDef") definition.columns.push_back(read_column(part));
    if (part.type() != "Constraint") continue;
    if (auto constraint = read_constraint(part))
      definition.constraints.push_back(std::move(*constraint));
  }
  return definition;
}

std::vector<IndexPart> read_parts(Node list) {
  std::vector<IndexPart> parts;
  for (auto node = list.first(); node; node = node.next()) {
    const auto order = node.text("ordering");
    parts.push_back({std::string(node.text("name")),
                     order == "SORTBY_ASC" || order == "SORTBY_DESC",
                     static_cast<bool>(node.at("opclass"))});
  }
  return parts;
}

Definition read_index(Node node) {
  IndexDefinition index;
  index.name = node.text("idxname");
  index.table = relation_name(node.at("relation"));
  index.unique = node.flag("unique");
  index.if_not_exists = node.flag("if_not_exists");
  index.concurrently = node.flag("concurrent");
  index.predicate = static_cast<bool>(node.at("whereClause"));
  index.nulls_not_distinct = node.flag("nulls_not_distinct");
  index.parts = read_parts(node.at("indexParams"));
  index.included = read_parts(node.at("indexIncludingParams"));
  Definition definition;
  definition.object = "OBJECT_INDEX";
  definition.names = {index.name};
  definition.index = std::move(index);
  return definition;
}

Action read_action(Node node) {
  Action action;
  action.type = node.text("subtype");
  action.name = node.text("name");
  const auto what = node.at("def");
  if (what.type() == "ColumnDef") {
    action.column = read_column(what);
  } else if (what.type() == "Constraint") {
    action.constraint = read_constraint(what);
  } else if (action.type == "AT_SetIdentity") {
    action.constraint = Constraint{};
    action.constraint->kind = ConstraintKind::identity;
    action.constraint->cache = read_cache(what.at("items"));
  }
  return action;
}

Definition read_alteration(Node node) {
  Definition definition;
  definition.object = node.text("objtype");
  definition.names = {relation_name(node.at("relation"))};
  for (auto action = node.at("cmds").first(); action; action = action.next())
    definition.actions.push_back(read_action(action));
  return definition;
}

Definition read_sequence(Node node) {
  Definition definition;
  definition.object = "OBJECT_SEQUENCE";
  definition.names = {relation_name(node.at("sequence"))};
  read_persistence(node.at("sequence"), definition);
  definition.cache = read_cache(node.at("options"));
  for (auto option = node.at("options").first(); option; option = option.next())
    if (option.text("defname") == "as") definition.type = read_type(option.at("arg"));
  return definition;
}

Definition read_function(Node node) {
  Definition definition;
  definition.procedure = node.flag("is_procedure");
  definition.object = definition.procedure ? "OBJECT_PROCEDURE" : "OBJECT_FUNCTION";
  definition.names = {joined(node.at("funcname"))};
  for (auto option = node.at("options").first(); option; option = option.next()) {
    const auto name = option.text("defname");
    if (name == "language") definition.language = option.at("arg").text("sval");
    if (name == "set") definition.settings.emplace_back(option.at("arg").text("name"));
  }
  return definition;
}

Definition read_domain(Node node) {
  Definition definition;
  definition.object = "OBJECT_DOMAIN";
  definition.names = {joined(node.at("domainname"))};
  definition.type = read_type(node.at("typeName"));
  return definition;
}

Definition read_domain_alteration(Node node) {
  Definition definition;
  definition.object = "OBJECT_DOMAIN";
  definition.names = {joined(node.at("typeName"))};
  definition.actions = {{std::string(node.text("subtype")), "", {}, {}}};
  return definition;
}

// DROP, RENAME, GRANT, ALTER ... SET SCHEMA, ALTER ... OWNER TO, COMMENT, CREATE of
// what has no node of its own.
Definition read_object(Node node) {
  Definition definition;
  for (const char* field : {"removeType", "renameType", "objtype", "objectType", "kind"})
    if (definition.object.empty()) definition.object = node.text(field);
  definition.concurrently = node.flag("concurrent");
  definition.cascades = node.text("behavior") == "DROP_CASCADE";
  const auto add = [&definition](Node object) {
    if (object)
      definition.names.push_back(object.type() == "RangeVar" ? relation_name(object)
                                                             : joined(object));
  };
  for (auto object = node.at("objects").first(); object; object = object.next()) add(object);
  add(node.at("object"));
  add(node.at("relation"));
  return definition;
}

Definition read_view(Node node) {
  Definition definition;
  definition.object = "OBJECT_VIEW";
  definition.names = {relation_name(node.at("view"))};
  read_persistence(node.at("view"), definition);
  return definition;
}

}  // namespace

std::optional<Definition> read_definition(Node node) {
  static constexpr std::pair<std::string_view, Definition (*)(Node)> readers[] = {
      {"CreateStmt", read_table},
      {"IndexStmt", read_index},
      {"AlterTableStmt", read_alteration},
      {"CreateSeqStmt", read_sequence},
      {"CreateFunctionStmt", read_function},
      {"CreateDomainStmt", read_domain},
      {"AlterDomainStmt", read_domain_alteration},
      {"ViewStmt", read_view},
      {"DropStmt", read_object},
      {"RenameStmt", read_object},
      {"GrantStmt", read_object},
      {"DefineStmt", read_object},
      {"AlterObjectSchemaStmt", read_object},
      {"AlterOwnerStmt", read_object},
      {"CommentStmt", read_object},
  };
  const auto type = node.type();
  for (const auto& [name, reader] : readers)
    if (name == type) return reader(node);
  return std::nullopt;
}

bool names_method(const std::vector<Token>& tokens, const std::string& text, std::size_t begin,
                  std::size_t end) {
  int depth = 0;
  const auto first = std::lower_bound(tokens.begin(), tokens.end(), begin,
                                      [](const Token& token, auto at) { return token.begin < at; });
  for (auto token = first; token != tokens.end() && token->end <= end; ++token) {
    if (is(text, *token, "(")) ++depth;
    if (is(text, *token, ")")) --depth;
    if (depth == 0 && token->kind == TokenKind::keyword && is(text, *token, "USING")) return true;
  }
  return false;
}

}  // namespace emulator
