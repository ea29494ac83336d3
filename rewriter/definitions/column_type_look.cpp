#include "rewriter/definitions/column_type_change.hpp"
#include "rewriter/definitions/constraint_addition.hpp"
#include "rewriter/definitions/constraint_look.hpp"

namespace occam::rewriter {
namespace {

std::string attribute(const ColumnTypeChange& change, const std::string& what,
                      const std::string& name) {
  return "(SELECT " + what +
         " FROM pg_catalog.pg_attribute a WHERE a.attrelid = " + change.table.regclass() +
         " AND a.attname = " + quote_literal(name) + " AND NOT a.attisdropped)";
}

// NOT NULL that Occam set, whatever it is called now.
std::string not_null_check(const std::string& what) {
  return "(SELECT " + what +
         " FROM pg_catalog.pg_constraint n WHERE n.conrelid = a.attrelid AND a.attnum = ANY "
         "(n.conkey) AND " +
         proves_not_null("n", "a") + ")";
}

std::string is_own(const ColumnTypeChange& change) {
  return "pg_catalog.right(k.conname, 9) = " + quote_literal(change.digest());
}

// What hangs on the column besides its own default and NOT NULL, and would go with it. The primary
// key's index of DSQL includes every other column (facts/dsql.md §3.4), which does not count.
std::string users(const ColumnTypeChange& change) {
  const std::string keys = "(i.indkey::int2[])[0:i.indnkeyatts - 1]";
  return "(SELECT pg_catalog.string_agg(u.name, ', ' ORDER BY u.name) FROM (SELECT 'its own "
         "definition' AS name WHERE a.attidentity <> '' OR a.attgenerated <> '' UNION SELECT "
         "'index ' || x.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = "
         "i.indexrelid WHERE i.indrelid = a.attrelid AND (a.attnum = ANY (" +
         keys +
         ") OR NOT i.indisprimary AND a.attnum = ANY (i.indkey::int2[])) UNION SELECT 'constraint "
         "' || k.conname FROM pg_catalog.pg_constraint k WHERE (k.conrelid = a.attrelid AND "
         "a.attnum = ANY (k.conkey) OR k.confrelid = a.attrelid AND a.attnum = ANY (k.confkey)) "
         "AND NOT " +
         is_own(change) + " AND k.conname::text IS DISTINCT FROM " +
         not_null_check("min(n.conname::text)") +
         " UNION SELECT 'a view or an expression' FROM pg_catalog.pg_depend d WHERE d.refclassid = "
         "'pg_catalog.pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = "
         "a.attnum AND (d.classid = 'pg_catalog.pg_rewrite'::regclass OR d.classid = "
         "'pg_catalog.pg_attrdef'::regclass AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attrdef e "
         "WHERE e.oid = d.objid AND e.adnum = a.attnum) OR d.classid = "
         "'pg_catalog.pg_class'::regclass AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_index x "
         "WHERE x.indexrelid = d.objid AND x.indexprs IS NULL AND x.indpred IS NULL))) u)";
}

}  // namespace

std::string type_look_text(const ColumnTypeChange& change) {
  const std::string type = "pg_catalog.format_type(a.atttypid, a.atttypmod)";
  const std::string default_words =
      "(SELECT pg_catalog.pg_get_expr(e.adbin, e.adrelid) FROM pg_catalog.pg_attrdef e WHERE "
      "e.adrelid = a.attrelid AND e.adnum = a.attnum)";
  const auto of_column = [&](const std::string& what) {
    return attribute(change, what, change.column) + ", ";
  };
  const std::string constraints =
      " FROM pg_catalog.pg_constraint k WHERE k.conrelid = " + change.table.regclass() + " AND ";
  return "SELECT " + of_column(type) + attribute(change, type, change.new_name()) + ", " +
         of_column("a.attnotnull") + of_column(default_words) + of_column(users(change)) +
         of_column(not_null_check("min(n.conname::text)")) +
         of_column(not_null_check("bool_and(n.convalidated)")) + "(SELECT count(*)" + constraints +
         "k.conname = " + quote_literal(not_null_name(change.table, change.column)) +
         "), (SELECT pg_catalog.string_agg(k.conname, pg_catalog.chr(10) ORDER BY k.conname)" +
         constraints + is_own(change) +
         "), (SELECT c.relnatts FROM pg_catalog.pg_class c WHERE c.oid = " +
         change.table.regclass() + ")";
}

}  // namespace occam::rewriter
