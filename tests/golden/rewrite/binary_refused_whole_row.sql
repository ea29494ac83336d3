# keys runs: shard, ns, run, data; ns, run
SELECT row_to_json(r) FROM runs r
----
SELECT row_to_json(r) FROM runs r
----
refused 0A000 Occam cannot translate the whole row of runs as a value for Aurora DSQL
hint Binary keys are stored in another form there. Name the columns instead.
statement read runs
