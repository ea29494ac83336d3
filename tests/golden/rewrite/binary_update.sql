# keys runs: shard, ns, run, data; ns, run
UPDATE runs AS r SET run = $1, (ns, shard) = ($2, 3), data = r.run WHERE r.run = $3 RETURNING r.run
----
UPDATE runs AS r SET run = encode($1,'hex'), (ns, shard) = (encode($2,'hex'), 3), data = decode(r.run,'hex') WHERE r.run = encode($3,'hex') RETURNING decode(r.run,'hex') AS run
----
change binary_key_in: $1 -> encode($1,'hex')
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_out: r.run -> decode(r.run,'hex')
change binary_key_in: $3 -> encode($3,'hex')
change binary_key_out: r.run -> decode(r.run,'hex') AS run
statement write runs
