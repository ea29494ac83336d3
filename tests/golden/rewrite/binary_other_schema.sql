# PostgreSQL's own schemas have no binary keys.
# keys runs: shard, ns, run, data; ns, run
SELECT relname, run FROM pg_catalog.runs WHERE run = $1
----
SELECT relname, run FROM pg_catalog.runs WHERE run = $1
----
statement read runs
