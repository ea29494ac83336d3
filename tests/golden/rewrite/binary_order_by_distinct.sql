# keys runs: shard, ns, run, data; ns, run
SELECT DISTINCT run FROM runs ORDER BY run
----
SELECT DISTINCT decode(run,'hex') AS run FROM runs ORDER BY run
----
change binary_key_out: run -> decode(run,'hex') AS run
statement read runs
