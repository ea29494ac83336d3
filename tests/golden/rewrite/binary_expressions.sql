# Anywhere but in comparisons a key is decoded. An output that took its name from the column keeps it.
# keys runs: shard, ns, run, data; ns, run
SELECT length(run), run || ns, CASE WHEN shard = 1 THEN data ELSE run END, run::text, (ns), run IS NULL FROM runs WHERE run LIKE $1
----
SELECT length(decode(run,'hex')), decode(run,'hex') || decode(ns,'hex'), CASE WHEN shard = 1 THEN data ELSE decode(run,'hex') END AS run, decode(run,'hex')::text AS run, (decode(ns,'hex')) AS ns, run IS NULL FROM runs WHERE decode(run,'hex') LIKE $1
----
change binary_key_out: run -> decode(run,'hex')
change binary_key_out: ns -> decode(ns,'hex')
change binary_key_out: ns -> decode(ns,'hex') AS ns
statement read runs
