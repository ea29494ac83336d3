# ORDER BY would mean the output: the table's name before it has the index give the order.
# keys runs: shard, ns, run, data; ns, run
SELECT run FROM runs ORDER BY shard, run DESC LIMIT 10
----
SELECT decode(run,'hex') AS run FROM runs ORDER BY shard, runs.run DESC LIMIT 10
----
change binary_key_out: run -> decode(run,'hex') AS run
change binary_key_order: run -> runs.run
statement read runs
