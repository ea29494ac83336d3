# keys runs: shard, ns, run, data; ns, run
SELECT shard FROM runs ORDER BY run || ns, ns
----
SELECT shard FROM runs ORDER BY decode(run,'hex') || decode(ns,'hex'), ns
----
change binary_key_out: run -> decode(run,'hex')
change binary_key_out: ns -> decode(ns,'hex')
statement read runs
