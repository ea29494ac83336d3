# keys runs: shard, ns, run, data; ns, run
INSERT INTO runs (shard, ns, run) VALUES ($1, $2, $3) ON CONFLICT (shard, ns, run) DO UPDATE SET (shard, ns) = (excluded.shard, excluded.ns), run = $4, data = excluded.run WHERE runs.run <> excluded.run
----
INSERT INTO runs (shard, ns, run) VALUES ($1, encode($2,'hex'), encode($3,'hex')) ON CONFLICT (shard, ns, run) DO UPDATE SET (shard, ns) = (excluded.shard, excluded.ns), run = encode($4,'hex'), data = decode(excluded.run,'hex') WHERE runs.run <> excluded.run
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $3 -> encode($3,'hex')
change binary_key_in: $4 -> encode($4,'hex')
change binary_key_out: excluded.run -> decode(excluded.run,'hex')
statement write runs
