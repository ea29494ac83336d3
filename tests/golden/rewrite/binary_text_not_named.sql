# keys runs: shard, ns, run, data; ns, run
SELECT run FROM walks WHERE run = $1
----
SELECT run FROM walks WHERE run = $1
----
statement read walks
