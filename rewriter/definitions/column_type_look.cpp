#include "rewriter/definitions/column_type_change.hpp"
#include "rewriter/definitions/constraint_addition.hpp"

namespace occam::rewriter {
namespace {

std::string attribute(const ColumnTypeChange& change, const std::string& what,
                      const std::string& names) {
  return "(SELECT " + what +
         " FROM pg_catalog.pg_attribute a WHERE a.attrelid = " + change.table.regclass() +
         " AND a.attname IN (" + names + ") AND NOT a.attisdropped)";
}

// Whether anything but its own default and NOT NULL hangs on the column: it would go with it. The
// primary key's index of DSQL includes every other column (facts/dsql.md §3.4), which does not
// count.
std::string in_use(const ColumnTypeChange& change) {
  const std::string table = change.table.regclass();
  const std::string keys = "(i.indkey::int2[])[0:i.indnkeyatts - 1]";
  return "bool_or(a.attidentity <> '' OR a.attgenerated <> '' OR EXISTS (SELECT 1 FROM "
         "pg_catalog.pg_index i WHERE i.indrelid = a.attrelid AND (a.attnum = ANY (" +
         keys +
         ") OR NOT i.indisprimary AND a.attnum = ANY (i.indkey::int2[]))) OR EXISTS (SELECT 1 FROM "
         "pg_catalog.pg_constraint k WHERE (k.conrelid = a.attrelid AND a.attnum = ANY (k.conkey) "
         "OR k.confrelid = a.attrelid AND a.attnum = ANY (k.confkey)) AND NOT (" +
         proves_not_null("k", "a") +
         " AND k.conname = " + quote_literal(not_null_name(change.table, change.column)) +
         ")) OR EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.refclassid = "
         "'pg_catalog.pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = "
         "a.attnum AND (d.classid = 'pg_catalog.pg_rewrite'::regclass OR d.classid = "
         "'pg_catalog.pg_attrdef'::regclass AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attrdef e "
         "WHERE e.oid = d.objid AND e.adnum = a.attnum) OR d.classid = "
         "'pg_catalog.pg_class'::regclass AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_index x "
         "WHERE "
         "x.indexrelid = d.objid AND x.indexprs IS NULL AND x.indpred IS NULL))))";
}

}  // namespace

std::string type_look_text(const ColumnTypeChange& change) {
  const std::string column = quote_literal(change.column);
  const std::string successor = quote_literal(change.new_name());
  const std::string predecessor = quote_literal(change.old_name());
  const std::string type = "pg_catalog.format_type(a.atttypid, a.atttypmod)";
  const std::string present = column + ", " + predecessor;
  return "SELECT " + attribute(change, type, column) + ", " + attribute(change, type, successor) +
         ", " + attribute(change, type, predecessor) + ", " +
         attribute(change, "bool_or(a.attnotnull)", present) + ", " +
         attribute(change,
                   "max((SELECT pg_catalog.pg_get_expr(e.adbin, e.adrelid) FROM "
                   "pg_catalog.pg_attrdef e WHERE e.adrelid = a.attrelid AND e.adnum = a.attnum))",
                   present) +
         ", " + attribute(change, in_use(change), present) +
         ", (SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a WHERE a.attrelid "
         "= k.conrelid AND a.attname IN (" +
         present + ", " + successor + ") AND " + proves_not_null("k", "a") +
         ") THEN 'of another' WHEN k.convalidated THEN 't' ELSE 'f' END FROM "
         "pg_catalog.pg_constraint k WHERE k.conrelid = " +
         change.table.regclass() +
         " AND k.conname = " + quote_literal(not_null_name(change.table, change.column)) + ")";
}

}  // namespace occam::rewriter
