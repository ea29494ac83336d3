# Rows are compared position by position.
# keys runs: shard, ns, run, data; ns, run
SELECT shard FROM runs WHERE (shard, ns, run) > ($1, $2, $3) AND (ns, run) IN (($4, $5), (run, ns))
----
SELECT shard FROM runs WHERE (shard, ns, run) > ($1, encode($2,'hex'), encode($3,'hex')) AND (ns, run) IN ((encode($4,'hex'), encode($5,'hex')), (run, ns))
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $3 -> encode($3,'hex')
change binary_key_in: $4 -> encode($4,'hex')
change binary_key_in: $5 -> encode($5,'hex')
statement read runs
