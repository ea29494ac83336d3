# The name of a WITH query hides the table.
# keys runs: shard, ns, run, data; ns, run
WITH runs AS (SELECT ns FROM runs WHERE run = $1) SELECT ns FROM runs WHERE ns > $2
----
WITH runs AS (SELECT decode(ns,'hex') AS ns FROM runs WHERE run = encode($1,'hex')) SELECT ns FROM runs WHERE ns > $2
----
change binary_key_in: $1 -> encode($1,'hex')
change binary_key_out: ns -> decode(ns,'hex') AS ns
statement read runs
