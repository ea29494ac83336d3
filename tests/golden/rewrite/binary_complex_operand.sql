# An operand whose end is not plain to see is left, and the key decoded.
# keys runs: shard, ns, run, data; ns, run
SELECT shard FROM runs WHERE run = $1 || $2 AND ns = coalesce($3, data)
----
SELECT shard FROM runs WHERE decode(run,'hex') = $1 || $2 AND decode(ns,'hex') = coalesce($3, data)
----
change binary_key_out: run -> decode(run,'hex')
change binary_key_out: ns -> decode(ns,'hex')
statement read runs
