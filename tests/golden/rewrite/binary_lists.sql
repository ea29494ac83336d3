# keys runs: shard, ns, run, data; ns, run
SELECT shard FROM runs WHERE run IN ($1, '\x01', ns) AND ns BETWEEN $2 AND $3 AND run = ANY($4) AND ns IS DISTINCT FROM NULL
----
SELECT shard FROM runs WHERE run IN (encode($1,'hex'), encode('\x01','hex'), ns) AND ns BETWEEN encode($2,'hex') AND encode($3,'hex') AND decode(run,'hex') = ANY($4) AND ns IS DISTINCT FROM encode(NULL,'hex')
----
change binary_key_in: $1 -> encode($1,'hex')
change binary_key_in: '\x01' -> encode('\x01','hex')
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $3 -> encode($3,'hex')
change binary_key_out: run -> decode(run,'hex')
change binary_key_in: NULL -> encode(NULL,'hex')
statement read runs
