# keys runs: shard, ns, run, data; ns, run
DELETE FROM runs WHERE run = ANY(ARRAY(SELECT run FROM runs WHERE shard = $1))
----
DELETE FROM runs WHERE run = ANY(ARRAY(SELECT run FROM runs WHERE shard = $1))
----
statement write runs
