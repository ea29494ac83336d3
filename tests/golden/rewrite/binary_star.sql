# The columns of the rule; the server refuses it if the table has another number of columns by now.
# keys runs: shard, ns, run, data; ns, run
SELECT * FROM runs r WHERE r.run = $1 FOR SHARE
----
SELECT r.shard, decode(CASE WHEN false AND EXISTS (SELECT r.* UNION ALL SELECT NULL, NULL, NULL, NULL) THEN NULL ELSE r.ns END,'hex') AS ns, decode(r.run,'hex') AS run, r.data FROM runs r WHERE r.run = encode($1,'hex') FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
change binary_key_in: $1 -> encode($1,'hex')
change binary_key_star: * -> r.shard, decode(CASE WHEN false AND EXISTS (SELECT r.* UNION ALL SELECT NULL, NULL, NULL, NULL) THEN NULL ELSE r.ns END,'hex') AS ns, decode(r.run,'hex') AS run, r.data
statement write runs (locks)
