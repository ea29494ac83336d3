# keys runs: shard, ns, run, data; ns, run
SELECT o.*, r.* FROM runs r, other o
----
SELECT o.*, r.shard, decode(CASE WHEN false AND EXISTS (SELECT r.* UNION ALL SELECT NULL, NULL, NULL, NULL) THEN NULL ELSE r.ns END,'hex') AS ns, decode(r.run,'hex') AS run, r.data FROM runs r, other o
----
change binary_key_star: r.* -> r.shard, decode(CASE WHEN false AND EXISTS (SELECT r.* UNION ALL SELECT NULL, NULL, NULL, NULL) THEN NULL ELSE r.ns END,'hex') AS ns, decode(r.run,'hex') AS run, r.data
statement read runs other
