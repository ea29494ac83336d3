# keys runs: shard, ns, run, data; ns, run
DELETE FROM runs USING other WHERE other.id = runs.run RETURNING runs.*
----
DELETE FROM runs USING other WHERE encode(other.id,'hex') = runs.run RETURNING runs.shard, decode(CASE WHEN false AND EXISTS (SELECT runs.* UNION ALL SELECT NULL, NULL, NULL, NULL) THEN NULL ELSE runs.ns END,'hex') AS ns, decode(runs.run,'hex') AS run, runs.data
----
change binary_key_in: other.id -> encode(other.id,'hex')
change binary_key_star: runs.* -> runs.shard, decode(CASE WHEN false AND EXISTS (SELECT runs.* UNION ALL SELECT NULL, NULL, NULL, NULL) THEN NULL ELSE runs.ns END,'hex') AS ns, decode(runs.run,'hex') AS run, runs.data
statement write runs other
