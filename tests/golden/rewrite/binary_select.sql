# Outputs are decoded and keep their names; what meets a key is encoded.
# keys runs: shard, ns, run, data; ns, run
SELECT shard, ns, run AS r, data FROM runs WHERE shard = $1 AND ns = $2 AND '\x00' <= run
----
SELECT shard, decode(ns,'hex') AS ns, decode(run,'hex') AS r, data FROM runs WHERE shard = $1 AND ns = encode($2,'hex') AND encode('\x00','hex') <= run
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: '\x00' -> encode('\x00','hex')
change binary_key_out: ns -> decode(ns,'hex') AS ns
change binary_key_out: run -> decode(run,'hex')
statement read runs
