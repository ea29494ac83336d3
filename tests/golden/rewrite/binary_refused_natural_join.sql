# keys runs: shard, ns, run, data; ns, run
SELECT shard FROM runs NATURAL JOIN other
----
SELECT shard FROM runs NATURAL JOIN other
----
refused 0A000 Occam cannot translate NATURAL JOIN of a table with binary keys for Aurora DSQL
hint Binary keys are stored in another form there. Write JOIN ... ON.
statement read runs other
