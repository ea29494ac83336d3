# keys runs: shard, ns, run, data; ns, run
DO 'BEGIN DELETE FROM runs; END'
----
DO 'BEGIN DELETE FROM runs; END'
----
refused 0A000 Occam cannot translate a body that names runs for Aurora DSQL
hint Binary keys are stored in another form there. Send its statements one by one.
statement procedure (holds session state)
