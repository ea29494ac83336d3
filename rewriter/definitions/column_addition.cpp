#include "rewriter/definitions/column_addition.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rewriter/definitions/binary_values.hpp"
#include "rewriter/definitions/constraint_addition.hpp"
#include "rewriter/definitions/constraint_look.hpp"
#include "rewriter/definitions/filling.hpp"
#include "rewriter/definitions/type_names.hpp"

namespace occam::rewriter {
namespace {

// Functions that give one value for a statement; any other may give each row its own.
bool is_steady(Node call) {
  const auto names = names_in(call.at("funcname"));
  const std::string& name = names.back();
  return name == "now" || name == "transaction_timestamp" || name == "timezone" ||
         name == "make_interval" || name == "encode" || name == "decode";
}

bool is_steady_expression(Node expression) {
  bool steady = true;
  walk(expression, [&](Node node) {
    if (node.type() == "FuncCall") steady = steady && is_steady(node);
    if (node.type() == "SubLink") steady = false;
    return steady;
  });
  return steady;
}

Node inner_constant(Node expression) {
  while (expression.type() == "TypeCast") expression = expression.at("arg");
  return expression.type() == "A_Const" ? expression : Node();
}

bool is_null(Node expression) { return inner_constant(expression).flag("isnull"); }

class ColumnReading {
 public:
  ColumnReading(Node column, const SourceWords& words, const TableRule* rule, Alteration& to)
      : column_(column),
        words_(words),
        rule_(rule),
        to_(to),
        name_(column.text("colname")),
        quoted_(quote_ident(name_)),
        mapped_(is_bytea(column.at("typeName")) && is_binary_key(rule, name_)) {}

  Refused run() {
    if (const auto serial = serial_type(column_.at("typeName")); !serial.empty()) {
      return refused_serial(serial);
    }
    if (auto refusal = refused_collation()) return refusal;
    to_.first.push_back("ADD COLUMN " + quoted_ + " " + type());
    to_.undo.push_back("DROP COLUMN " + quoted_);
    to_.adds_columns = true;
    Refused refusal;
    // Rows are filled before anything is proven of them.
    each([&](Node one) {
      if (is_contype(one, "CONSTR_DEFAULT") && !refusal) refusal = take_default(one);
    });
    each([&](Node one) {
      if (!refusal) refusal = take(one);
    });
    return refusal;
  }

 private:
  template <typename Take>
  void each(const Take& take) const {
    for (Node one = column_.at("constraints").first(); one; one = one.next()) take(one);
  }

  std::string type() const {
    if (mapped_) return "text";
    const auto wider = wider_type(rule_, name_, column_.at("typeName"));
    return wider.empty() ? words_.text(words_.type(column_.at("typeName"))) : wider;
  }

  Refused refused_collation() const {
    const Node clause = column_.at("collClause");
    if (!clause) return nullptr;
    const std::string name = names_in(clause.at("collname")).back();
    if (name == "C" || name == "default" || name == "POSIX") return nullptr;
    return refused("collation \"" + name + "\" cannot be had on Aurora DSQL",
                   "Its only collation is C: leave COLLATE out.");
  }

  Refused take_default(Node constraint) {
    const Node expression = constraint.at("raw_expr");
    if (is_null(expression)) return nullptr;
    std::string value;
    if (mapped_) {
      const auto hex = hex_literal(expression);
      if (!hex) return refused_default(to_.table.name, name_);
      value = *hex;
    } else {
      const Span clause = words_.clause(column_, constraint);
      const std::size_t word = words_.token_at(value_at(clause));
      value = words_.text({words_.tokens()[word].begin, clause.end});
    }
    if (!is_steady_expression(expression)) {
      return refused("a new column with this default cannot be added on Aurora DSQL",
                     "The default may be another for each row. Add the column without it, fill it "
                     "with UPDATE, then ALTER COLUMN SET DEFAULT.");
    }
    to_.first.push_back("ALTER COLUMN " + quoted_ + " SET DEFAULT " + value);
    std::string left = quoted_ + " IS NULL";
    // Else rows that it leaves NULL would be met for ever.
    if (!inner_constant(expression)) left += " AND (" + value + ") IS NOT NULL";
    to_.inner.push_back(filling({to_.table, name_, "(" + value + ")", left}));
    return nullptr;
  }

  // Behind [CONSTRAINT name] DEFAULT.
  std::size_t value_at(Span clause) const {
    std::size_t token = words_.token_at(clause.begin);
    while (!words_.is(token, "default")) ++token;
    return words_.tokens()[token].end;
  }

  Refused take(Node constraint) {
    const auto contype = constraint.text("contype");
    if (contype == "CONSTR_NULL" || contype == "CONSTR_DEFAULT") return nullptr;
    if (contype == "CONSTR_NOTNULL") {
      to_.inner.push_back(constraint_addition(not_null(to_.table, name_, true)));
      return nullptr;
    }
    if (contype == "CONSTR_CHECK") return take_check(constraint);
    if (contype == "CONSTR_FOREIGN") return take_reference(constraint);
    if (contype == "CONSTR_UNIQUE") return take_unique(constraint);
    return refused("a column with this constraint cannot be added on Aurora DSQL",
                   "Keys, identity and generated columns can be had when the table is created: "
                   "create a new table and copy the rows.");
  }

  // The name given, or the next that PostgreSQL would give.
  Refused name_it(Node constraint, const std::string& label, std::string& name) {
    name = constraint.text("conname");
    if (name.empty()) {
      name = object_name(to_.table.name, name_, label);
      for (int i = 1; to_.constraints.count(name) != 0; ++i) {
        name = object_name(to_.table.name, name_, label + std::to_string(i));
      }
    }
    if (to_.constraints.insert(name).second) return nullptr;
    return std::make_unique<Refusal>(Refusal{
        "42710",
        "constraint \"" + name + "\" for relation \"" + to_.table.name + "\" already exists",
        "Give each constraint a name of its own."});
  }

  bool names_column(Node expression) const {
    bool found = false;
    walk(expression, [&](Node node) {
      const auto names =
          node.type() == "ColumnRef" ? names_in(node.at("fields")) : std::vector<std::string>();
      found = found || (!names.empty() && names.back() == name_);
      return !found;
    });
    return found;
  }

  // From its keyword on, without CONSTRAINT name.
  std::string definition(Node constraint, const char* keyword) const {
    const Span clause = words_.clause(column_, constraint);
    std::size_t token = words_.token_at(clause.begin);
    while (!words_.is(token, keyword)) ++token;
    return words_.text({words_.tokens()[token].begin, clause.end});
  }

  Refused take_check(Node constraint) {
    if (names_binary_key(rule_, constraint.at("raw_expr"))) {
      return refused_expression(to_.table.name);
    }
    // It would not go with the column, should something fail.
    if (!names_column(constraint.at("raw_expr"))) {
      return refused("a CHECK that does not name the new column cannot be added with it",
                     "Send it as a statement of its own: ALTER TABLE ... ADD CHECK (...).");
    }
    std::string name;
    if (auto refusal = name_it(constraint, "check", name)) return refusal;
    to_.inner.push_back(
        constraint_addition({to_.table, name, definition(constraint, "check"),
                             check_violated(to_.table, name), true, of_column(name_)}));
    return nullptr;
  }

  Refused take_reference(Node constraint) {
    std::string name;
    if (auto refusal = name_it(constraint, "fkey", name)) return refusal;
    to_.inner.push_back(constraint_addition(
        {to_.table, name, "FOREIGN KEY (" + quoted_ + ") " + definition(constraint, "references"),
         foreign_key_violated(to_.table, name), true, of_column(name_)}));
    return nullptr;
  }

  Refused take_unique(Node constraint) {
    if (is_bytea(column_.at("typeName")) && !mapped_) {
      return refused_binary_key(to_.table.name, name_);
    }
    std::string name;
    if (auto refusal = name_it(constraint, "key", name)) return refusal;
    const std::string distinct = constraint.flag("nulls_not_distinct") ? " NULLS NOT DISTINCT" : "";
    to_.inner.push_back(unique_addition({to_.table,
                                         name,
                                         "CREATE UNIQUE INDEX ASYNC " + quote_ident(name) + " ON " +
                                             to_.table.quoted() + " (" + quoted_ + ")" + distinct,
                                         false,
                                         {name_}},
                                        true, of_column(name_)));
    return nullptr;
  }

  Node column_;
  const SourceWords& words_;
  const TableRule* rule_;
  Alteration& to_;
  std::string name_;
  std::string quoted_;
  bool mapped_;
};

}  // namespace

bool needs_steps(Node column, const TableRule* rule) {
  const Node type = column.at("typeName");
  if (column.at("collClause") || !serial_type(type).empty()) return true;
  const auto name = column.text("colname");
  if (is_bytea(type) && is_binary_key(rule, name)) return true;
  if (!wider_type(rule, name, type).empty()) return true;
  for (Node one = column.at("constraints").first(); one; one = one.next()) {
    if (!is_contype(one, "CONSTR_NULL")) return true;
  }
  return false;
}

Refused add_column(Node column, const SourceWords& words, const TableRule* rule,
                   Alteration& alteration) {
  if (alteration.subject.empty()) alteration.subject = column.text("colname");
  return ColumnReading(column, words, rule, alteration).run();
}

}  // namespace occam::rewriter
