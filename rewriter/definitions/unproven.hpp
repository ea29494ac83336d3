// What the translation of definitions relies on and no recording of a real cluster shows. One list,
// repeated word by word in rewriter/README.md.
#pragma once

#include <string_view>

namespace occam::rewriter {

inline constexpr std::string_view unproven_of_definitions[] = {
    "one ALTER TABLE may hold ADD COLUMN, SET DEFAULT and ADD CONSTRAINT ... NOT VALID together "
    "(recorded: the first two)",
    "one ALTER TABLE may hold DROP COLUMN, DROP CONSTRAINT, SET DEFAULT and ADD CONSTRAINT ... NOT "
    "VALID together",
    "pg_class.relnatts counts every column that the table ever had",
    "CHECK (true) NOT VALID may be added and dropped, also on a table that is in use",
    "a CHECK that is not valid yet holds for new rows",
    "a constraint that does not hold makes its validation end as failed, and stays not valid",
    "pg_index shows an index that is being built, with indisvalid false; sys.jobs shows its name "
    "in object_name, with or without schema",
    "DROP INDEX drops an index whose build failed",
    "UNIQUE USING INDEX is accepted as soon as sys.wait_for_job has returned",
    "sys.wait_for_job may be called again for a job, also after 54000",
    "identity columns with CACHE 1 give rising numbers",
    "comparisons of rows with the primary key are answered from its index, so that a slice is "
    "found without reading all before it",
    "catalog queries with regclass, pg_depend, pg_get_constraintdef and the cast of indkey to "
    "int2[] are answered as by PostgreSQL",
    "RENAME COLUMN and RENAME CONSTRAINT are done at once, however large the table",
};

}  // namespace occam::rewriter
