# Several rows, literals, expressions, DEFAULT.
# keys runs: shard, ns, run, data; ns, run
INSERT INTO runs (shard, ns, run, data) VALUES ($1, $2, $3, $4), (1, '\x01', DEFAULT, ''), (2, NULL, $5 || $6, f(1, 2)) RETURNING ns
----
INSERT INTO runs (shard, ns, run, data) VALUES ($1, encode($2,'hex'), encode($3,'hex'), $4), (1, encode('\x01','hex'), DEFAULT, ''), (2, encode(NULL,'hex'), encode($5 || $6,'hex'), f(1, 2)) RETURNING decode(ns,'hex') AS ns
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $3 -> encode($3,'hex')
change binary_key_in: '\x01' -> encode('\x01','hex')
change binary_key_in: NULL -> encode(NULL,'hex')
change binary_key_in: $5 || $6 -> encode($5 || $6,'hex')
change binary_key_out: ns -> decode(ns,'hex') AS ns
statement write runs
