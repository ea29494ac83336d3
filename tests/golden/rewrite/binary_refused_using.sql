# keys runs: shard, ns, run, data; ns, run
SELECT shard FROM runs JOIN other USING (run)
----
SELECT shard FROM runs JOIN other USING (run)
----
refused 0A000 Occam cannot translate USING (run), which is a binary key on one side only for Aurora DSQL
hint Binary keys are stored in another form there. Write JOIN ... ON.
statement read runs other
