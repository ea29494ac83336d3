# keys runs: shard, ns, run, data; ns, run
COPY runs TO STDOUT
----
COPY runs TO STDOUT
----
refused 0A000 Occam cannot translate COPY of runs for Aurora DSQL
hint Binary keys are stored in another form there. COPY (SELECT ...) TO and INSERT are translated.
statement copy runs
