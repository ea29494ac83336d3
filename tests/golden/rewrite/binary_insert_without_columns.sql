# keys runs: shard, ns, run, data; ns, run
INSERT INTO runs VALUES ($1, $2, $3, $4)
----
INSERT INTO runs VALUES ($1, encode($2,'hex'), encode($3,'hex'), $4)
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $3 -> encode($3,'hex')
statement write runs
