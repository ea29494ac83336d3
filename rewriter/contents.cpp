#include "rewriter/contents.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "rewriter/functions.hpp"
#include "rewriter/scope.hpp"

namespace occam::rewriter {
namespace {

// Every kind of object met in queries whose meaning is known to be free of effects, by type or,
// where the type is fixed, by field. Functions and operators are looked at one by one.
constexpr auto harmless = std::to_array<std::string_view>({"A_ArrayExpr",
                                                           "A_Const",
                                                           "A_Expr",
                                                           "A_Indices",
                                                           "A_Indirection",
                                                           "A_Star",
                                                           "Alias",
                                                           "BitString",
                                                           "BoolExpr",
                                                           "Boolean",
                                                           "BooleanTest",
                                                           "CTECycleClause",
                                                           "CTESearchClause",
                                                           "CaseExpr",
                                                           "CaseWhen",
                                                           "CoalesceExpr",
                                                           "CollateClause",
                                                           "ColumnRef",
                                                           "CommonTableExpr",
                                                           "DefElem",
                                                           "Float",
                                                           "FuncCall",
                                                           "GroupingFunc",
                                                           "GroupingSet",
                                                           "Integer",
                                                           "JoinExpr",
                                                           "List",
                                                           "LockingClause",
                                                           "MinMaxExpr",
                                                           "NullTest",
                                                           "ParamRef",
                                                           "RangeFunction",
                                                           "RangeSubselect",
                                                           "RangeVar",
                                                           "ResTarget",
                                                           "RowExpr",
                                                           "SQLValueFunction",
                                                           "SelectStmt",
                                                           "SortBy",
                                                           "String",
                                                           "SubLink",
                                                           "TypeCast",
                                                           "TypeName",
                                                           "WindowDef",
                                                           "alias",
                                                           "boolval",
                                                           "bsval",
                                                           "cycle_clause",
                                                           "fval",
                                                           "ival",
                                                           "join_using_alias",
                                                           "over",
                                                           "search_clause",
                                                           "sval",
                                                           "typeName",
                                                           "withClause"});

static_assert(std::is_sorted(harmless.begin(), harmless.end()));

bool is_harmless(std::string_view type) {
  // An element without type is the empty object the parser prints for a missing list entry.
  return type.empty() || std::binary_search(harmless.begin(), harmless.end(), type);
}

// OPERATOR(mine.+) may call anything; the plain spelling finds PostgreSQL's own first.
bool is_foreign_operator(Node name) {
  const Node first = name.first();
  return first && first.next() && first.text("sval") != "pg_catalog";
}

class Reader {
 public:
  Contents read(Node statement) {
    WithNames none;
    walk_scoped(statement, none, [this](Node node, const WithNames& visible) {
      if (node.shape() == Cell::Shape::object) see(node, visible);
      return node.type() != "LockingClause";  // its relations are names within the query
    });
    return std::move(found_);
  }

 private:
  void see(Node node, const WithNames& visible) {
    const std::string_view type = node.type();
    if (type == "RangeVar") {
      see_table(node, visible);
    } else if (type == "LockingClause") {
      found_.locks = true;
    } else if (type == "FuncCall") {
      see_call(node);
    } else if (type == "InsertStmt" || type == "UpdateStmt" || type == "DeleteStmt" ||
               type == "MergeStmt") {
      found_.modifies = true;
    } else if (type == "intoClause") {
      found_.creates_table = true;
    } else if (type == "DropStmt") {
      see_drop(node);
    } else if (!is_harmless(type)) {
      found_.unknown_node = true;
    }
    if (is_foreign_operator(node.at(type == "SortBy" ? "useOp" : "operName")) ||
        (type == "A_Expr" && is_foreign_operator(node.at("name")))) {
      found_.unproven_call = true;
    }
  }

  // The target of an INSERT, UPDATE or DELETE (field "relation") is never a WITH query.
  void see_table(Node node, const WithNames& visible) {
    if (node.text("relpersistence") == "t" || node.text("schemaname") == "pg_temp") {
      found_.temporary = true;
    }
    if (node.field() != "relation" && names_with_query(node, visible)) return;
    add_table(node.text("relname"));
  }

  void see_drop(Node node) {
    found_.unknown_node = true;
    if (node.text("removeType") != "OBJECT_TABLE") return;
    for (Node object = node.at("objects").first(); object; object = object.next()) {
      std::string_view last;
      for (Node part = object.at("items").first(); part; part = part.next()) {
        last = part.text("sval");
      }
      add_table(last);
    }
  }

  void add_table(std::string_view name) {
    auto& tables = found_.tables;
    if (seen_.insert(name).second) tables.emplace_back(name);
  }

  void see_call(Node call) {
    switch (effect_of(call)) {
      case Effect::none:
        break;
      case Effect::session_setting:
        found_.sets = true;
        if (!is_local(call)) found_.sets_for_session = true;
        break;
      case Effect::advisory_lock:
        found_.advisory = true;
        break;
      case Effect::unknown:
        found_.unproven_call = true;
        break;
    }
  }

  // set_config(name, value, true): the third argument must be the literal to be believed.
  static bool is_local(Node call) {
    const Node third = call.at("args").first().next().next();
    return third.at("boolval").flag("boolval");
  }

  Contents found_;
  std::unordered_set<std::string_view> seen_;  // its tables, as the tree has them
};

}  // namespace

Contents contents_of(Node statement) { return Reader().read(statement); }

}  // namespace occam::rewriter
