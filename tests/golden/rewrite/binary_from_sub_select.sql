# A sub-select in FROM gives bytes, like any query.
# keys runs: shard, ns, run, data; ns, run
SELECT q.run, q.n FROM (SELECT run, count(*) AS n FROM runs GROUP BY run) q WHERE q.run = $1
----
SELECT q.run, q.n FROM (SELECT decode(run,'hex') AS run, count(*) AS n FROM runs GROUP BY run) q WHERE q.run = $1
----
change binary_key_out: run -> decode(run,'hex') AS run
statement read runs
