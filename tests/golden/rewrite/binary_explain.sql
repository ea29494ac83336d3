# keys runs: shard, ns, run, data; ns, run
EXPLAIN SELECT run FROM runs WHERE run = $1
----
EXPLAIN SELECT decode(run,'hex') AS run FROM runs WHERE run = encode($1,'hex')
----
change binary_key_in: $1 -> encode($1,'hex')
change binary_key_out: run -> decode(run,'hex') AS run
statement read runs
