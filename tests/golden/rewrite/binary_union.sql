# keys runs: shard, ns, run, data; ns, run
SELECT run FROM runs UNION ALL SELECT id FROM other ORDER BY run
----
SELECT decode(run,'hex') AS run FROM runs UNION ALL SELECT id FROM other ORDER BY run
----
change binary_key_out: run -> decode(run,'hex') AS run
statement read runs other
