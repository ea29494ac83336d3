# Grouped by the stored column; what is said of the group is said of the bytes.
# keys runs: shard, ns, run, data; ns, run
SELECT run, count(*) FROM runs WHERE run > $1 GROUP BY run HAVING run <> $2 ORDER BY run
----
SELECT decode(run,'hex') AS run, count(*) FROM runs WHERE run > encode($1,'hex') GROUP BY run HAVING decode(run,'hex') <> $2 ORDER BY run
----
change binary_key_in: $1 -> encode($1,'hex')
change binary_key_out: run -> decode(run,'hex') AS run
change binary_key_out: run -> decode(run,'hex')
statement read runs
